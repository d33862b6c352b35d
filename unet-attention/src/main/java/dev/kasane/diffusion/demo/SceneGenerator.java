package dev.kasane.diffusion.demo;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/**
 * An endless sequence of scenes, each a pure function of the seed and its index.
 *
 * <p>Five of the 96 pairs of object and colour (5.2 percent of all scenes) never appear in training, in any
 * number, place or weather. Whole pairs are held out, not single scenes: a model that draws them has put
 * together an object and a colour that it only ever saw apart.
 */
public final class SceneGenerator {
  private static final Map<ObjectKind, SceneColour> HELD_OUT = heldOutPairs();

  private final long seed;

  /** A sequence of its own for each {@code seed}. */
  public SceneGenerator(long seed) {
    this.seed = seed;
  }

  /** The training scene at {@code index}: uniform over all scenes that are not held out. */
  public Scene scene(long index) {
    return draw(index, scene -> !isHeldOut(scene));
  }

  /** The held-out scene at {@code index}: uniform over the scenes that {@link #scene} never returns. */
  public Scene heldOutScene(long index) {
    return draw(index, SceneGenerator::isHeldOut);
  }

  /** Whether training never sees this combination of object and colour. */
  public static boolean isHeldOut(Scene scene) {
    return HELD_OUT.get(scene.kind()) == scene.colour();
  }

  private Scene draw(long index, Predicate<Scene> wanted) {
    Random random = Seeds.random(seed, index);
    Scene scene = any(random);
    while (!wanted.test(scene)) {
      scene = any(random);
    }
    return scene;
  }

  private static Scene any(Random random) {
    return new Scene(
        Seeds.pick(random, ObjectKind.values()),
        Seeds.pick(random, SceneColour.values()),
        1 + random.nextInt(Scene.MAX_COUNT),
        Seeds.pick(random, Place.values()),
        Seeds.pick(random, Weather.values()));
  }

  private static Map<ObjectKind, SceneColour> heldOutPairs() {
    Map<ObjectKind, SceneColour> pairs = new EnumMap<>(ObjectKind.class);
    pairs.put(ObjectKind.CAT, SceneColour.PURPLE);
    pairs.put(ObjectKind.STAR, SceneColour.GREEN);
    pairs.put(ObjectKind.CAR, SceneColour.PINK);
    pairs.put(ObjectKind.HOUSE, SceneColour.BLUE);
    pairs.put(ObjectKind.MUSHROOM, SceneColour.YELLOW);
    return pairs;
  }
}
