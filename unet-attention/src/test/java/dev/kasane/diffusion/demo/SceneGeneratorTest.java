package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kasane.core.UserException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SceneGeneratorTest {
  private static final int MANY = 9600;

  private final List<Scene> scenes =
      LongStream.range(0, MANY).mapToObj(new SceneGenerator(11)::scene).toList();

  @Test
  void theSameSeedAndIndexGiveTheSameScene() {
    SceneGenerator again = new SceneGenerator(11);
    assertThat(again.scene(4711)).isEqualTo(scenes.get(4711));
    assertThat(LongStream.range(0, 50).mapToObj(new SceneGenerator(12)::scene).toList())
        .isNotEqualTo(scenes.subList(0, 50));
  }

  @Test
  void everyChoiceIsAboutEquallyFrequent() {
    assertEven(Scene::kind, ObjectKind.values().length);
    assertEven(Scene::colour, SceneColour.values().length);
    assertEven(Scene::count, Scene.MAX_COUNT);
    assertEven(Scene::place, Place.values().length);
    assertEven(Scene::weather, Weather.values().length);
  }

  @Test
  void aboutFivePercentOfAllScenesAreHeldOut() {
    List<Scene> all = EveryScene.list();
    long heldOut = all.stream().filter(SceneGenerator::isHeldOut).count();
    assertThat((double) heldOut / all.size()).isCloseTo(0.05, within(0.01));
  }

  @Test
  void trainingNeverSeesHeldOutScenes() {
    SceneGenerator generator = new SceneGenerator(11);
    assertThat(scenes).noneMatch(SceneGenerator::isHeldOut);
    assertThat(LongStream.range(0, 200).mapToObj(generator::heldOutScene))
        .allMatch(SceneGenerator::isHeldOut);
  }

  @Test
  void heldOutScenesAreComposedOfObjectsAndColoursThatTrainingSees() {
    SceneGenerator generator = new SceneGenerator(11);
    Scene unseen = generator.heldOutScene(0);
    assertThat(scenes).anyMatch(scene -> scene.kind() == unseen.kind());
    assertThat(scenes).anyMatch(scene -> scene.colour() == unseen.colour());
  }

  @Test
  void impossibleCountsAreRefused() {
    assertThatThrownBy(() -> new Scene(ObjectKind.CAT, SceneColour.RED, 4, Place.SEA, Weather.SUNNY))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("4 objects")
        .hasMessageContaining("1 to 3");
  }

  private void assertEven(Function<Scene, Object> choice, int choices) {
    Map<Object, Integer> counts = new HashMap<>();
    scenes.forEach(scene -> counts.merge(choice.apply(scene), 1, Integer::sum));
    assertThat(counts).hasSize(choices);
    // Held-out pairs make their objects and colours up to an eighth rarer.
    assertThat(counts.values()).allSatisfy(count ->
        assertThat((double) count * choices / MANY).isBetween(0.78, 1.15));
  }
}
