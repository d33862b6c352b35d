package dev.kasane.diffusion.demo;

import java.awt.Color;

/** The colours of a scene in the flat style: weather dims the place but never the objects. */
record FlatPalette(Scene scene) {
  static final Color OUTLINE = new Color(38, 34, 48);
  private static final Color CLOUD_GREY = new Color(206, 212, 220);
  private static final Color RAIN_GREY = new Color(150, 162, 180);
  private static final Color MIDNIGHT = new Color(22, 26, 78);

  Color of(Surface surface) {
    return switch (surface) {
      case MAIN -> scene.colour().rgb();
      case LIGHT -> mix(scene.colour().rgb(), Color.WHITE, 0.5);
      case SHADE -> mix(scene.colour().rgb(), OUTLINE, 0.3);
      case SKY -> sky();
      default -> surface.isBright() ? surface.daylight() : underTheSky(surface.daylight());
    };
  }

  private Color sky() {
    Color clear = clearSky();
    return switch (scene.weather()) {
      case SUNNY -> clear;
      case CLOUDY -> mix(clear, CLOUD_GREY, 0.75);
      case RAINY -> mix(clear, RAIN_GREY, 0.9);
      case NIGHT -> MIDNIGHT;
    };
  }

  private Color clearSky() {
    return switch (scene.place()) {
      case MEADOW -> new Color(148, 214, 255);
      case DESERT -> new Color(255, 232, 186);
      case BEACH -> new Color(176, 236, 248);
      case SNOW -> new Color(190, 214, 244);
      case SEA -> new Color(170, 222, 250);
      case CITY -> new Color(206, 222, 236);
    };
  }

  private Color underTheSky(Color daylight) {
    return switch (scene.weather()) {
      case SUNNY -> daylight;
      case CLOUDY -> mix(daylight, CLOUD_GREY, 0.15);
      case RAINY -> mix(daylight, new Color(84, 96, 124), 0.28);
      case NIGHT -> mix(daylight, MIDNIGHT, 0.48);
    };
  }

  /** {@code share} of the way from one colour to another, in sRGB. */
  static Color mix(Color from, Color to, double share) {
    return new Color(
        blend(from.getRed(), to.getRed(), share),
        blend(from.getGreen(), to.getGreen(), share),
        blend(from.getBlue(), to.getBlue(), share));
  }

  private static int blend(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * share);
  }
}
