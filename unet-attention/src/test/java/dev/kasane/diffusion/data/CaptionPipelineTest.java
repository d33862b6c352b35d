package dev.kasane.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import dev.kasane.diffusion.picture.PictureSize;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CaptionPipelineTest {
  private static final String TAGS = "one, two, three, four, five, six";

  @Test
  void captionsStayAsWrittenUnlessAskedOtherwise() {
    CaptionPipeline pipeline = new CaptionPipeline(CaptionOptions.UNCHANGED, 1);
    assertThat(pipeline.caption(picture("A house,by the sea", false), 5, 2)).isEqualTo("A house,by the sea");
    assertThat(pipeline.options().isConstant()).isTrue();
  }

  @Test
  void theTriggerWordIsPutInFrontOnce() {
    CaptionPipeline pipeline = new CaptionPipeline(new CaptionOptions("inkstyle", false, 0, 0, 0), 1);
    assertThat(pipeline.fullCaption(picture("a house", false))).isEqualTo("inkstyle, a house");
    assertThat(pipeline.fullCaption(picture("a house in InkStyle", false))).isEqualTo("a house in InkStyle");
    assertThat(pipeline.fullCaption(picture("inkstyles", false))).isEqualTo("inkstyle, inkstyles");
    assertThat(pipeline.fullCaption(picture("", false))).isEqualTo("inkstyle");
    assertThat(pipeline.fullCaption(picture("a house", true))).isEqualTo("a house");
  }

  @Test
  void keptTagsStayInFrontAndTheRestMoves() {
    CaptionPipeline pipeline = new CaptionPipeline(new CaptionOptions("ink", true, 2, 0, 0), 3);
    Set<String> seen = new HashSet<>();
    for (int epoch = 0; epoch < 20; epoch++) {
      String caption = pipeline.caption(picture(TAGS, false), epoch, 0);
      assertThat(caption).startsWith("ink, one, two, ");
      assertThat(List.of(caption.split(", ")))
          .containsExactlyInAnyOrder("ink", "one", "two", "three", "four", "five", "six");
      seen.add(caption);
    }
    assertThat(seen).hasSizeGreaterThan(10);
  }

  @Test
  void aTriggerWrittenAsFirstTagDoesNotUseUpAKeptTag() {
    CaptionPipeline pipeline = new CaptionPipeline(new CaptionOptions("ink", true, 1, 0, 0), 3);
    for (int epoch = 0; epoch < 20; epoch++) {
      assertThat(pipeline.caption(picture("ink, " + TAGS, false), epoch, 0)).startsWith("ink, one, ");
    }
  }

  @Test
  void tagsAreDroppedAtTheirRateButNeverKeptOnes() {
    CaptionPipeline pipeline = new CaptionPipeline(new CaptionOptions("ink", false, 1, 0, 0.25), 3);
    int kept = 0;
    for (int epoch = 0; epoch < 1000; epoch++) {
      String caption = pipeline.caption(picture(TAGS, false), epoch, 0);
      assertThat(caption).startsWith("ink, one");
      kept += caption.split(", ").length - 2;
    }
    assertThat(kept / 5000.0).isBetween(0.72, 0.78);
    CaptionPipeline all = new CaptionPipeline(new CaptionOptions("ink", false, 0, 0, 1), 3);
    assertThat(all.caption(picture("a tree, an ink house", false), 0, 0)).isEqualTo("an ink house");
  }

  @Test
  void captionsAreDroppedAtTheirRateTriggerIncluded() {
    CaptionPipeline pipeline = new CaptionPipeline(new CaptionOptions("ink", false, 0, 0.1, 0), 3);
    long dropped = IntStream.range(0, 5000)
        .filter(epoch -> pipeline.caption(picture(TAGS, false), epoch, 0).isEmpty()).count();
    assertThat(dropped / 5000.0).isBetween(0.085, 0.115);
  }

  @Test
  void aCaptionDependsOnSeedEpochPictureAndRepeatOnly() {
    CaptionOptions options = new CaptionOptions("", true, 0, 0.2, 0.2);
    CaptionPipeline one = new CaptionPipeline(options, 9);
    one.caption(picture(TAGS, false), 0, 0);
    CaptionPipeline other = new CaptionPipeline(options, 9);
    List<String> first = IntStream.range(0, 30)
        .mapToObj(e -> one.caption(picture(TAGS, false), e, 1)).toList();
    assertThat(IntStream.range(0, 30).mapToObj(e -> other.caption(picture(TAGS, false), e, 1)).toList())
        .isEqualTo(first);
    assertThat(IntStream.range(0, 30).mapToObj(e -> other.caption(picture(TAGS, false), e, 2)).toList())
        .isNotEqualTo(first);
    CaptionPipeline seeded = new CaptionPipeline(options, 10);
    assertThat(IntStream.range(0, 30).mapToObj(e -> seeded.caption(picture(TAGS, false), e, 1)).toList())
        .isNotEqualTo(first);
  }

  @Test
  void sharesOutsideZeroToOneAreRefused() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new CaptionOptions("", false, 0, 1.5, 0))
        .withMessageContaining("caption dropout 1.5");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new CaptionOptions("", false, 0, 0, Double.NaN)).withMessageContaining("NaN");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new CaptionOptions("", false, -1, 0, 0)).withMessageContaining("-1");
  }

  private static DatasetPicture picture(String caption, boolean regularisation) {
    return new DatasetPicture(4, Path.of("a.png"), "a.png", "00", new PictureSize(8, 8), 1, regularisation,
        Optional.of(caption));
  }
}
