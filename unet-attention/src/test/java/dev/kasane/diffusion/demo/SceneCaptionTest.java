package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SceneCaptionTest {
  private static final List<String> NUMBERS = List.of("a an one", "two", "three");

  @Test
  void namesEverythingInPlainEnglish() {
    assertThat(SceneCaption.full(
            new Scene(ObjectKind.MUSHROOM, SceneColour.RED, 3, Place.MEADOW, Weather.SUNNY)))
        .isEqualTo("three red mushrooms in a meadow on a sunny day");
    assertThat(SceneCaption.full(
            new Scene(ObjectKind.CAT, SceneColour.ORANGE, 1, Place.SNOW, Weather.NIGHT)))
        .isEqualTo("an orange cat in the snow on a starry night");
    assertThat(SceneCaption.full(
            new Scene(ObjectKind.FISH, SceneColour.BLUE, 2, Place.BEACH, Weather.RAINY)))
        .isEqualTo("two blue fish on the beach on a rainy day");
  }

  @Test
  void fullCaptionsTellAllScenesApart() {
    List<Scene> all = EveryScene.list();
    assertThat(all.stream().map(SceneCaption::full).distinct()).hasSameSizeAs(all);
  }

  @Test
  void everyCaptionIsTrueOfItsScene() {
    SceneGenerator generator = new SceneGenerator(3);
    for (int i = 0; i < 500; i++) {
      Scene scene = generator.scene(i);
      SceneCaption.paraphrases(scene).forEach(caption -> assertTrue(scene, caption));
      SceneCaption.shortForms(scene).forEach(caption -> assertTrue(scene, caption));
    }
  }

  @Test
  void paraphrasesLeaveNothingOut() {
    for (Scene scene : EveryScene.list()) {
      assertThat(SceneCaption.paraphrases(scene)).allSatisfy(caption -> assertThat(caption)
          .contains(scene.colour().word(), scene.kind().noun(scene.count()), scene.place().phrase())
          .containsAnyOf(scene.weather().phrase(), scene.weather().keyword()));
    }
  }

  @Test
  void variedCaptionsDependOnTheSeedAlone() {
    Scene scene = new SceneGenerator(3).scene(0);
    assertThat(SceneCaption.varied(scene, 5)).isEqualTo(SceneCaption.varied(scene, 5));
    List<String> captions = LongStream.range(0, 400).mapToObj(i -> SceneCaption.varied(scene, i)).toList();
    Set<String> possible = new HashSet<>(SceneCaption.paraphrases(scene));
    possible.addAll(SceneCaption.shortForms(scene));
    assertThat(new HashSet<>(captions)).isEqualTo(possible);
    Set<String> complete = Set.copyOf(SceneCaption.paraphrases(scene));
    assertThat(captions.stream().filter(complete::contains).count()).isBetween(240L, 320L);
  }

  @Test
  void theWordListCoversTheCorpus() {
    Set<String> words = Set.copyOf(SceneCaption.allWords());
    List<String> corpus = SceneCaption.corpus(9, 5000);
    assertThat(corpus).hasSize(5000).isEqualTo(SceneCaption.corpus(9, 5000));
    Set<String> used = new HashSet<>();
    corpus.forEach(caption -> used.addAll(words(caption)));
    assertThat(used).isEqualTo(words);
  }

  private static void assertTrue(Scene scene, String caption) {
    List<String> words = words(caption);
    assertThat(caption).isLowerCase().doesNotContain("  ");
    assertThat(words).contains(scene.kind().noun(scene.count()));
    assertThat(words).containsAnyElementsOf(List.of(NUMBERS.get(scene.count() - 1).split(" ")));
    if (scene.count() > 1) {
      assertThat(words).doesNotContain("one", scene.count() == 2 ? "three" : "two");
    }
    for (SceneColour other : SceneColour.values()) {
      assertThat(other == scene.colour() || !words.contains(other.word())).as(caption).isTrue();
    }
    for (Place other : Place.values()) {
      assertThat(other == scene.place() || !caption.contains(other.phrase())).as(caption).isTrue();
    }
    for (Weather other : Weather.values()) {
      assertThat(other == scene.weather() || !caption.contains(other.phrase())).as(caption).isTrue();
    }
    assertThat(caption).doesNotContain(" a orange", "an red").doesNotStartWith("a orange");
  }

  private static List<String> words(String caption) {
    return Arrays.asList(caption.split("[ ,]+"));
  }
}
