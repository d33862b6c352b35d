package dev.kasane.diffusion.demo;

import static dev.kasane.diffusion.demo.Outlines.box;
import static dev.kasane.diffusion.demo.Outlines.circle;
import static dev.kasane.diffusion.demo.Outlines.polygon;
import static dev.kasane.diffusion.demo.Outlines.roundBox;
import static dev.kasane.diffusion.demo.Outlines.star;
import static dev.kasane.diffusion.demo.Outlines.union;
import static dev.kasane.diffusion.demo.Outlines.without;
import static dev.kasane.diffusion.demo.Part.inked;
import static dev.kasane.diffusion.demo.Part.plain;

import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/** What hangs in the sky, in a picture from 0 to 1, y down. */
final class WeatherShapes {
  private static final Part SKY = plain(Surface.SKY, box(-0.2, -0.2, 1.2, 1.2));
  private static final List<Part> SUNNY = List.of(SKY, inked(Surface.SUN, circle(0.85, 0.14, 0.105)));
  private static final List<Part> CLOUDY = List.of(SKY,
      inked(Surface.CLOUD, cloud(0.28, 0.15, 1)), inked(Surface.CLOUD, cloud(0.76, 0.17, 1.1)));
  private static final List<Part> NIGHT = night();
  private static final List<Part> RAINY = rainy();

  private WeatherShapes() {}

  /** The sky itself and what hangs in it, in painting order. */
  static List<Part> of(Weather weather) {
    return switch (weather) {
      case SUNNY -> SUNNY;
      case CLOUDY -> CLOUDY;
      case RAINY -> RAINY;
      case NIGHT -> NIGHT;
    };
  }

  private static Shape cloud(double x, double y, double scale) {
    return union(circle(x - 0.1 * scale, y + 0.01, 0.065 * scale), circle(x, y - 0.02, 0.09 * scale),
        circle(x + 0.11 * scale, y + 0.01, 0.07 * scale),
        roundBox(x - 0.18 * scale, y + 0.01, x + 0.19 * scale, y + 0.075 * scale, 0.035 * scale));
  }

  private static List<Part> night() {
    List<Part> parts = new ArrayList<>();
    parts.add(SKY);
    parts.add(inked(Surface.MOON, without(circle(0.83, 0.16, 0.11), circle(0.77, 0.12, 0.1))));
    double[] places = {0.07, 0.08, 0.23, 0.17, 0.4, 0.07, 0.56, 0.18, 0.66, 0.05, 0.36, 0.27};
    for (int i = 0; i < places.length; i += 2) {
      parts.add(plain(Surface.SKY_STAR, star(places[i], places[i + 1], 4, 0.045, 0.018)));
    }
    return List.copyOf(parts);
  }

  private static List<Part> rainy() {
    List<Part> parts = new ArrayList<>();
    parts.add(SKY);
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 8; column++) {
        double x = -0.02 + column * 0.14 + (row % 2) * 0.07;
        double y = 0.2 + row * 0.12;
        parts.add(plain(Surface.RAIN, polygon(x + 0.035, y, x + 0.055, y, x + 0.02, y + 0.09, x, y + 0.09)));
      }
    }
    parts.add(inked(Surface.RAIN_CLOUD, union(cloud(0.14, 0.07, 1.2), cloud(0.5, 0.07, 1.4),
        cloud(0.86, 0.07, 1.2), box(-0.2, -0.2, 1.2, 0.1))));
    return List.copyOf(parts);
  }
}
