package dev.kasane.diffusion.demo;

import java.awt.Color;

/** What an outline is made of. A renderer turns it into a colour or a hatching. */
enum Surface {
  MAIN(null),
  LIGHT(null),
  SHADE(null),
  DARK(new Color(38, 34, 48)),
  PALE(new Color(250, 244, 228)),
  GLASS(new Color(205, 236, 250)),
  WOOD(new Color(132, 84, 48)),
  STEM(new Color(60, 128, 52)),

  SKY(null),
  SUN(new Color(255, 214, 60)),
  MOON(new Color(250, 240, 190)),
  SKY_STAR(new Color(255, 246, 196)),
  CLOUD(new Color(250, 251, 253)),
  RAIN_CLOUD(new Color(92, 102, 124)),
  RAIN(new Color(66, 98, 158)),

  GRASS(new Color(166, 212, 92)),
  HILL(new Color(122, 184, 96)),
  DUNE(new Color(214, 140, 76)),
  DESERT_SAND(new Color(236, 176, 104)),
  CACTUS(new Color(78, 138, 92)),
  BEACH_SAND(new Color(248, 226, 164)),
  BEACH_WATER(new Color(64, 186, 214)),
  TRUNK(new Color(140, 92, 54)),
  FROND(new Color(74, 156, 78)),
  SNOW(new Color(234, 242, 250)),
  ROCK(new Color(142, 156, 186)),
  WATER(new Color(58, 150, 196)),
  CREST(new Color(150, 214, 232)),
  ROAD(new Color(128, 128, 136)),
  MARKING(new Color(238, 234, 216)),
  TOWER(new Color(150, 158, 178)),
  NEAR_TOWER(new Color(178, 162, 158)),
  WINDOW(new Color(255, 238, 168));

  private final Color daylight;

  Surface(Color daylight) {
    this.daylight = daylight;
  }

  /** The colour on a sunny day; null where the scene decides ({@link FlatPalette}). */
  Color daylight() {
    return daylight;
  }

  /** Whether it belongs to an object rather than to the place or the sky. */
  boolean isObject() {
    return ordinal() <= STEM.ordinal();
  }

  /** Whether it shines by itself and keeps its colour at night and in the rain. */
  boolean isBright() {
    return switch (this) {
      case SUN, MOON, SKY_STAR, RAIN, RAIN_CLOUD, WINDOW -> true;
      default -> isObject();
    };
  }
}
