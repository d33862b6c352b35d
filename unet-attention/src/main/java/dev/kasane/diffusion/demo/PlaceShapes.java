package dev.kasane.diffusion.demo;

import static dev.kasane.diffusion.demo.Outlines.box;
import static dev.kasane.diffusion.demo.Outlines.circle;
import static dev.kasane.diffusion.demo.Outlines.curves;
import static dev.kasane.diffusion.demo.Outlines.ellipse;
import static dev.kasane.diffusion.demo.Outlines.polygon;
import static dev.kasane.diffusion.demo.Outlines.roundBox;
import static dev.kasane.diffusion.demo.Outlines.union;
import static dev.kasane.diffusion.demo.Outlines.waves;
import static dev.kasane.diffusion.demo.Part.inked;
import static dev.kasane.diffusion.demo.Part.plain;

import java.awt.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The places as outlines in a picture from 0 to 1, y down: horizon, ground and signature element. */
final class PlaceShapes {
  private static final Map<Place, List<Part>> DRAWINGS = drawings();
  private static final List<Part> SEA_FRONT =
      List.of(plain(Surface.CREST, waves(0.86, 1.1, 6, 0.014, 0.3)),
          plain(Surface.WATER, waves(0.885, 1.1, 6, 0.014, 0.3)));

  private PlaceShapes() {}

  /** The parts behind the objects, in painting order; wider than the picture, so that they can be moved. */
  static List<Part> behind(Place place) {
    return DRAWINGS.get(place);
  }

  /** The parts in front of the objects: on the sea, the wave in which they float. */
  static List<Part> inFront(Place place) {
    return place == Place.SEA ? SEA_FRONT : List.of();
  }

  private static Map<Place, List<Part>> drawings() {
    Map<Place, List<Part>> drawings = new EnumMap<>(Place.class);
    drawings.put(Place.MEADOW, meadow());
    drawings.put(Place.DESERT, desert());
    drawings.put(Place.BEACH, beach());
    drawings.put(Place.SNOW, snow());
    drawings.put(Place.SEA, sea());
    drawings.put(Place.CITY, city());
    return drawings;
  }

  private static List<Part> meadow() {
    return List.of(
        inked(Surface.HILL, ellipse(0.2, 0.78, 0.5, 0.34)),
        inked(Surface.HILL, ellipse(0.88, 0.8, 0.42, 0.3)),
        inked(Surface.GRASS, ellipse(0.5, 1.3, 1.4, 0.66)));
  }

  private static List<Part> desert() {
    return List.of(
        inked(Surface.DUNE, curves(-0.2, 0.62, 0, 0.5, 0.2, 0.48, 0.35, 0.6, 0.5, 0.7, 0.6, 0.54, 0.75, 0.5,
            0.9, 0.46, 1, 0.6, 1.2, 0.62, 1.2, 0.8, 0, 0.8, -0.2, 0.8)),
        inked(Surface.DESERT_SAND, ellipse(0.5, 1.3, 1.4, 0.66)),
        inked(Surface.CACTUS, cactus(0.12, 0.26, 0.72)),
        inked(Surface.CACTUS, cactus(0.9, 0.36, 0.7)));
  }

  private static Shape cactus(double x, double top, double bottom) {
    double arm = top + (bottom - top) * 0.3;
    return union(
        roundBox(x - 0.035, top, x + 0.035, bottom, 0.035),
        roundBox(x - 0.115, arm, x - 0.06, arm + 0.15, 0.027),
        box(x - 0.1, arm + 0.09, x, arm + 0.15),
        roundBox(x + 0.06, arm - 0.04, x + 0.115, arm + 0.1, 0.027),
        box(x, arm + 0.04, x + 0.1, arm + 0.1));
  }

  private static List<Part> beach() {
    List<Part> parts = new ArrayList<>();
    parts.add(inked(Surface.BEACH_WATER, box(-0.2, 0.5, 1.2, 0.8)));
    parts.add(plain(Surface.MARKING, waves(0.665, 1.1, 5, -0.012, 0.2)));
    parts.add(plain(Surface.BEACH_SAND, waves(0.69, 1.1, 5, -0.012, 0.2)));
    parts.add(inked(Surface.TRUNK, curves(0.0, 0.76, 0.07, 0.6, 0.1, 0.45, 0.12, 0.26, 0.14, 0.26, 0.15, 0.26,
        0.17, 0.26, 0.16, 0.45, 0.13, 0.6, 0.08, 0.76)));
    parts.add(inked(Surface.FROND, union(
        frond(-1, -0.02), frond(-1, 0.1), frond(1, -0.02), frond(1, 0.1), circle(0.15, 0.25, 0.05))));
    return List.copyOf(parts);
  }

  /** One leaf of the palm, a crescent from its crown to the left (-1) or right (1). */
  private static Shape frond(int side, double droop) {
    double x = 0.15;
    double y = 0.24;
    double tip = x + side * 0.27;
    return curves(x, y - 0.03, x + side * 0.1, y - 0.13 + droop / 2, x + side * 0.22, y - 0.08 + droop,
        tip, y + 0.08 + droop, x + side * 0.18, y + droop, x + side * 0.08, y + 0.01 + droop / 2,
        x, y + 0.04);
  }

  private static List<Part> snow() {
    List<Part> parts = new ArrayList<>();
    parts.add(inked(Surface.ROCK, polygon(-0.2, 0.75, 0.2, 0.24, 0.62, 0.75)));
    parts.add(plain(Surface.SNOW, polygon(
        0.095, 0.375, 0.2, 0.24, 0.31, 0.375, 0.25, 0.35, 0.2, 0.4, 0.15, 0.35)));
    parts.add(inked(Surface.ROCK, polygon(0.36, 0.75, 0.78, 0.3, 1.2, 0.75)));
    parts.add(plain(Surface.SNOW, polygon(
        0.68, 0.41, 0.78, 0.3, 0.88, 0.41, 0.83, 0.39, 0.78, 0.44, 0.73, 0.39)));
    parts.add(inked(Surface.SNOW, ellipse(0.5, 1.3, 1.4, 0.67)));
    return List.copyOf(parts);
  }

  private static List<Part> sea() {
    List<Part> parts = new ArrayList<>();
    parts.add(inked(Surface.WATER, box(-0.2, 0.5, 1.2, 1.1)));
    for (int row = 0; row < 3; row++) {
      double top = 0.56 + row * 0.1;
      parts.add(plain(Surface.CREST, waves(top, 1.1, 5, 0.014, 0.5 * row)));
      parts.add(plain(Surface.WATER, waves(top + 0.025, 1.1, 5, 0.014, 0.5 * row)));
    }
    return List.copyOf(parts);
  }

  private static List<Part> city() {
    List<Part> parts = new ArrayList<>();
    tower(parts, Surface.TOWER, -0.06, 0.24, 0.18);
    tower(parts, Surface.NEAR_TOWER, 0.18, 0.4, 0.38);
    tower(parts, Surface.TOWER, 0.38, 0.3, 0.6);
    tower(parts, Surface.NEAR_TOWER, 0.6, 0.44, 0.8);
    tower(parts, Surface.TOWER, 0.8, 0.28, 1.06);
    parts.add(inked(Surface.ROAD, box(-0.2, 0.68, 1.2, 1.1)));
    for (double x = -0.1; x < 1.2; x += 0.26) {
      parts.add(plain(Surface.MARKING, box(x, 0.91, x + 0.15, 0.95)));
    }
    return List.copyOf(parts);
  }

  private static void tower(List<Part> parts, Surface wall, double left, double top, double right) {
    parts.add(inked(wall, box(left, top, right, 0.75)));
    double middle = (left + right) / 2;
    for (double y = top + 0.06; y < 0.6; y += 0.12) {
      parts.add(plain(Surface.WINDOW, box(middle - 0.07, y, middle - 0.02, y + 0.06)));
      parts.add(plain(Surface.WINDOW, box(middle + 0.02, y, middle + 0.07, y + 0.06)));
    }
  }
}
