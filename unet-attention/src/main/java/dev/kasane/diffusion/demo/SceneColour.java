package dev.kasane.diffusion.demo;

import java.awt.Color;
import java.util.Locale;

/** The colour of a scene's objects. Each is far from the others and from every background in sRGB. */
public enum SceneColour {
  RED(222, 32, 38),
  ORANGE(255, 136, 12),
  YELLOW(255, 222, 30),
  GREEN(22, 146, 62),
  BLUE(32, 82, 220),
  PURPLE(128, 48, 176),
  PINK(255, 130, 188),
  WHITE(252, 252, 252);

  private final Color rgb;

  SceneColour(int red, int green, int blue) {
    this.rgb = new Color(red, green, blue);
  }

  /** The opaque sRGB colour of the largest face of an object. */
  public Color rgb() {
    return rgb;
  }

  /** The English word, lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
