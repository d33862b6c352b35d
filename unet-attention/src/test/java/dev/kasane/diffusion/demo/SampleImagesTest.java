package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleImagesTest {
  private static final Path COMMITTED = Path.of(System.getProperty("kasane.root"), "sample-images");
  // Made with Java 17. Later releases smooth a few contour pixels differently: measured with Java 25,
  // at most 8 of the 16384 pixels of a picture, by at most 16 of 255.
  private static final double EDGE_TOLERANCE = Runtime.version().feature() == 17 ? 0 : 0.001;

  @Test
  void theCommittedPicturesAreAFreshRendering() throws IOException {
    for (SampleImages.Sample sample : SampleImages.render(SampleImages.SEED)) {
      BufferedImage committed = ImageIO.read(COMMITTED.resolve(sample.name() + ".png").toFile());
      assertThat(committed.getWidth()).isEqualTo(128);
      assertThat(Pixels.difference(committed, sample.picture()))
          .as(sample.name()).isLessThanOrEqualTo(EDGE_TOLERANCE);
      assertThat(COMMITTED.resolve(sample.name() + ".txt")).hasContent(sample.caption());
    }
  }

  @Test
  void nothingElseIsInTheFolderButItsReadmeAndRecipe() throws IOException {
    assertThat(names(COMMITTED)).hasSize(2 * SampleImages.COUNT + 2).contains("README.md", "recipe.yaml");
  }

  @Test
  void captionsStartWithTheTriggerAndNameTheScene() {
    assertThat(SampleImages.render(SampleImages.SEED))
        .hasSize(SampleImages.COUNT)
        .allSatisfy(sample -> assertThat(sample.caption())
            .matches("inkprint, (an?|two|three) .* (day|night)"))
        .extracting(SampleImages.Sample::caption).doesNotHaveDuplicates();
    assertThat(SceneCaption.allWords()).doesNotContain(SampleImages.TRIGGER);
  }

  @Test
  void writingTwiceGivesTheSameBytesAndNoLeftovers(@TempDir Path folder) throws IOException {
    Path first = folder.resolve("new/first");
    SampleImages.write(first, 3);
    List<String> names = names(first);
    assertThat(names).hasSize(2 * SampleImages.COUNT).allMatch(name -> name.matches("\\d{3}\\.(png|txt)"));
    Path second = folder.resolve("second");
    SampleImages.write(second, 3);
    SampleImages.write(second, 3);
    assertThat(names(second)).isEqualTo(names);
    for (String name : names) {
      assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    assertThatThrownBy(() -> SampleImages.write(file, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
