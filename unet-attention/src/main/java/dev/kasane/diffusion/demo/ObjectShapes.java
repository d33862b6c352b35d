package dev.kasane.diffusion.demo;

import static dev.kasane.diffusion.demo.Outlines.box;
import static dev.kasane.diffusion.demo.Outlines.circle;
import static dev.kasane.diffusion.demo.Outlines.curves;
import static dev.kasane.diffusion.demo.Outlines.ellipse;
import static dev.kasane.diffusion.demo.Outlines.polygon;
import static dev.kasane.diffusion.demo.Outlines.roundBox;
import static dev.kasane.diffusion.demo.Outlines.star;
import static dev.kasane.diffusion.demo.Outlines.union;
import static dev.kasane.diffusion.demo.Outlines.within;
import static dev.kasane.diffusion.demo.Outlines.without;
import static dev.kasane.diffusion.demo.Part.inked;
import static dev.kasane.diffusion.demo.Part.plain;

import java.awt.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The objects as outlines in a box from -1 to 1, y down, standing on y = 1. The parts of
 * {@link Surface#MAIN} show the object's colour and dominate it.
 */
final class ObjectShapes {
  private static final Map<ObjectKind, List<Part>> DRAWINGS = drawings();

  private ObjectShapes() {}

  /** The parts in painting order. */
  static List<Part> of(ObjectKind kind) {
    return DRAWINGS.get(kind);
  }

  private static Map<ObjectKind, List<Part>> drawings() {
    Map<ObjectKind, List<Part>> drawings = new EnumMap<>(ObjectKind.class);
    drawings.put(ObjectKind.BALL, ball());
    drawings.put(ObjectKind.CUBE, cube());
    drawings.put(ObjectKind.STAR, List.of(inked(Surface.MAIN, star(0, 0.08, 5, 1.05, 0.46))));
    drawings.put(ObjectKind.HEART, heart());
    drawings.put(ObjectKind.TREE, tree());
    drawings.put(ObjectKind.HOUSE, house());
    drawings.put(ObjectKind.FISH, fish());
    drawings.put(ObjectKind.CAT, cat());
    drawings.put(ObjectKind.BOAT, boat());
    drawings.put(ObjectKind.CAR, car());
    drawings.put(ObjectKind.MUSHROOM, mushroom());
    drawings.put(ObjectKind.FLOWER, flower());
    return drawings;
  }

  private static List<Part> ball() {
    Shape disc = circle(0, 0.05, 0.95);
    return List.of(
        inked(Surface.MAIN, disc),
        plain(Surface.SHADE, without(disc, circle(-0.2, -0.15, 0.95))),
        plain(Surface.LIGHT, ellipse(-0.34, -0.36, 0.26, 0.2)));
  }

  private static List<Part> cube() {
    return List.of(
        inked(Surface.LIGHT, polygon(-0.9, -0.42, -0.45, -0.9, 0.95, -0.9, 0.5, -0.42)),
        inked(Surface.SHADE, polygon(0.5, -0.42, 0.95, -0.9, 0.95, 0.5, 0.5, 0.98)),
        inked(Surface.MAIN, box(-0.9, -0.42, 0.5, 0.98)));
  }

  private static List<Part> heart() {
    Shape heart = curves(
        0, 1, -0.5, 0.55, -1.02, 0.2, -1.02, -0.32, -1.02, -0.98, -0.22, -1.08, 0, -0.46,
        0.22, -1.08, 1.02, -0.98, 1.02, -0.32, 1.02, 0.2, 0.5, 0.55, 0, 1);
    return List.of(inked(Surface.MAIN, heart), plain(Surface.LIGHT, ellipse(-0.52, -0.42, 0.2, 0.18)));
  }

  private static List<Part> tree() {
    Shape crown = union(circle(-0.42, -0.1, 0.48), circle(0.42, -0.1, 0.48), circle(0, -0.48, 0.54),
        box(-0.4, -0.2, 0.4, 0.38));
    return List.of(
        inked(Surface.WOOD, polygon(-0.18, 0.2, 0.18, 0.2, 0.26, 1, -0.26, 1)),
        inked(Surface.MAIN, crown),
        plain(Surface.LIGHT, ellipse(-0.18, -0.56, 0.22, 0.16)));
  }

  private static List<Part> house() {
    return List.of(
        inked(Surface.MAIN, box(-0.78, -0.15, 0.78, 1)),
        inked(Surface.SHADE, polygon(-1.02, -0.1, 0, -1.02, 1.02, -0.1)),
        inked(Surface.WOOD, box(-0.5, 0.32, -0.06, 1)),
        inked(Surface.GLASS, box(0.18, 0.22, 0.58, 0.6)));
  }

  private static List<Part> fish() {
    Shape body = ellipse(-0.22, 0.15, 0.76, 0.6);
    Shape tail = polygon(0.3, 0.15, 1, -0.45, 0.86, 0.15, 1, 0.75);
    Shape fin = polygon(-0.5, -0.3, 0.1, -0.85, 0.22, -0.2);
    return List.of(
        inked(Surface.SHADE, fin),
        inked(Surface.MAIN, union(body, tail)),
        plain(Surface.LIGHT, ellipse(-0.2, 0.5, 0.42, 0.16)),
        inked(Surface.SHADE, polygon(-0.1, 0.1, 0.3, -0.05, 0.22, 0.4)),
        inked(Surface.PALE, circle(-0.58, -0.02, 0.17)),
        plain(Surface.DARK, circle(-0.6, -0.02, 0.09)));
  }

  private static List<Part> cat() {
    Shape body = union(ellipse(0, 0.52, 0.56, 0.48), box(-0.46, 0.6, 0.46, 1));
    Shape tail = without(ellipse(0.56, 0.5, 0.42, 0.46), ellipse(0.5, 0.42, 0.2, 0.24));
    Shape head = union(ellipse(0, -0.28, 0.62, 0.5),
        polygon(-0.62, -0.25, -0.6, -1.02, -0.1, -0.68), polygon(0.62, -0.25, 0.6, -1.02, 0.1, -0.68));
    return List.of(
        inked(Surface.MAIN, union(body, tail)),
        plain(Surface.LIGHT, ellipse(0, 0.66, 0.28, 0.28)),
        inked(Surface.MAIN, head),
        plain(Surface.PALE, ellipse(-0.26, -0.3, 0.18, 0.2)),
        plain(Surface.PALE, ellipse(0.26, -0.3, 0.18, 0.2)),
        plain(Surface.DARK, ellipse(-0.24, -0.28, 0.1, 0.15)),
        plain(Surface.DARK, ellipse(0.24, -0.28, 0.1, 0.15)),
        plain(Surface.DARK, polygon(-0.1, -0.04, 0.1, -0.04, 0, 0.08)));
  }

  private static List<Part> boat() {
    return List.of(
        inked(Surface.WOOD, box(-0.07, -1, 0.07, 0.45)),
        inked(Surface.MAIN, polygon(0.07, -0.95, 0.85, 0.3, 0.07, 0.3)),
        inked(Surface.PALE, polygon(-0.07, -0.7, -0.6, 0.3, -0.07, 0.3)),
        inked(Surface.MAIN, curves(-1, 0.4, -0.5, 0.44, 0.5, 0.44, 1, 0.4, 0.9, 0.85, 0.7, 1, 0.5, 1,
            0.2, 1, -0.2, 1, -0.5, 1, -0.7, 1, -0.9, 0.85, -1, 0.4)));
  }

  private static List<Part> car() {
    Shape cabin = polygon(-0.62, 0.1, -0.4, -0.5, 0.32, -0.5, 0.62, 0.1);
    return List.of(
        inked(Surface.MAIN, union(cabin, roundBox(-1.02, 0.0, 1.02, 0.72, 0.2))),
        inked(Surface.GLASS, polygon(-0.42, 0.04, -0.28, -0.32, -0.05, -0.32, -0.05, 0.04)),
        inked(Surface.GLASS, polygon(0.1, 0.04, 0.1, -0.32, 0.24, -0.32, 0.42, 0.04)),
        plain(Surface.DARK, circle(-0.52, 0.7, 0.3)),
        plain(Surface.DARK, circle(0.52, 0.7, 0.3)),
        plain(Surface.PALE, circle(-0.52, 0.7, 0.12)),
        plain(Surface.PALE, circle(0.52, 0.7, 0.12)));
  }

  private static List<Part> mushroom() {
    Shape cap = union(within(ellipse(0, 0.12, 1, 1.08), box(-1, -1, 1, 0.12)),
        roundBox(-1, -0.05, 1, 0.24, 0.14));
    return List.of(
        inked(Surface.PALE, curves(-0.32, 0.1, -0.28, 0.5, -0.38, 0.7, -0.46, 1, -0.2, 1, 0.2, 1, 0.46, 1,
            0.38, 0.7, 0.28, 0.5, 0.32, 0.1)),
        inked(Surface.MAIN, cap),
        plain(Surface.PALE, ellipse(-0.06, -0.52, 0.24, 0.2)),
        plain(Surface.PALE, ellipse(-0.6, -0.1, 0.17, 0.15)),
        plain(Surface.PALE, ellipse(0.52, -0.14, 0.2, 0.17)));
  }

  private static List<Part> flower() {
    List<Shape> petals = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      double angle = 2 * Math.PI * i / 5;
      petals.add(circle(0.46 * StrictMath.sin(angle), -0.3 - 0.46 * StrictMath.cos(angle), 0.36));
    }
    return List.of(
        inked(Surface.STEM, box(-0.09, 0.1, 0.09, 1)),
        inked(Surface.STEM, curves(
            0.05, 0.95, 0.2, 0.55, 0.5, 0.5, 0.75, 0.5, 0.7, 0.8, 0.4, 0.95, 0.05, 0.95)),
        inked(Surface.MAIN, union(petals.toArray(Shape[]::new))),
        inked(Surface.WOOD, circle(0, -0.3, 0.24)));
  }
}
