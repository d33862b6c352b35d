package dev.kasane.diffusion.demo;

import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A scene as outlines in unit coordinates (0 to 1, y down), ready to be coloured in.
 *
 * <p>One object stands in the middle, two side by side, three in a row; seeds move and resize them by a few
 * hundredths of the picture and shift sky and place a little, so that no two pictures are the same and yet
 * every object keeps its position in the row.
 *
 * @param backdrop sky, weather and place, in painting order
 * @param objects the parts of each object from left to right
 * @param front what covers the objects' feet
 */
record SceneLayout(List<Part> backdrop, List<List<Part>> objects, List<Part> front) {
  private static final double[][] CENTRES = {{0.5}, {0.28, 0.72}, {0.18, 0.5, 0.82}};
  private static final double[] HALF_SIZES = {0.27, 0.195, 0.142};
  private static final double[] BASELINES = {0.91, 0.89, 0.88};

  static SceneLayout of(Scene scene, long seed) {
    Random random = Seeds.random(seed, 0);
    AffineTransform sky = shift(random, 0.02, 0.012);
    AffineTransform ground = shift(random, 0.025, 0.012);
    List<Part> backdrop = new ArrayList<>();
    WeatherShapes.of(scene.weather()).forEach(part -> backdrop.add(part.at(sky)));
    PlaceShapes.behind(scene.place()).forEach(part -> backdrop.add(part.at(ground)));
    List<List<Part>> objects = new ArrayList<>();
    for (int i = 0; i < scene.count(); i++) {
      AffineTransform spot = spot(scene.count(), i, random);
      objects.add(ObjectShapes.of(scene.kind()).stream().map(part -> part.at(spot)).toList());
    }
    List<Part> front = PlaceShapes.inFront(scene.place()).stream().map(part -> part.at(ground)).toList();
    return new SceneLayout(backdrop, objects, front);
  }

  private static AffineTransform shift(Random random, double reachX, double reachY) {
    return AffineTransform.getTranslateInstance(
        Seeds.jitter(random, reachX), Seeds.jitter(random, reachY));
  }

  private static AffineTransform spot(int count, int index, Random random) {
    double half = HALF_SIZES[count - 1] * (1 + Seeds.jitter(random, 0.06));
    double reach = 0.05 / (count * count);
    double x = CENTRES[count - 1][index] + Seeds.jitter(random, reach);
    double base = BASELINES[count - 1] + Seeds.jitter(random, 0.02);
    AffineTransform spot = AffineTransform.getTranslateInstance(x, base - half);
    spot.scale(half, half);
    return spot;
  }
}
