package dev.kasane.diffusion.demo;

import java.awt.Color;
import java.awt.image.BufferedImage;

/** Counts what can be seen in a picture. */
final class Pixels {
  private Pixels() {}

  static int[] of(BufferedImage picture) {
    return picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
  }

  /** The share of pixels that have exactly this colour. */
  static double share(BufferedImage picture, Color colour) {
    int found = 0;
    for (int rgb : of(picture)) {
      found += rgb == colour.getRGB() ? 1 : 0;
    }
    return (double) found / (picture.getWidth() * picture.getHeight());
  }

  /** How many pixels of this colour lie between two columns, as fractions of the width. */
  static int between(BufferedImage picture, Color colour, double left, double right) {
    int found = 0;
    for (int x = (int) (left * picture.getWidth()); x < (int) (right * picture.getWidth()); x++) {
      for (int y = 0; y < picture.getHeight(); y++) {
        found += picture.getRGB(x, y) == colour.getRGB() ? 1 : 0;
      }
    }
    return found;
  }

  /** How many objects of this colour stand side by side, by the gaps that the layouts leave; 0 if unclear. */
  static int objects(BufferedImage picture, Color colour) {
    boolean middleGap = between(picture, colour, 0.492, 0.508) == 0;
    boolean sideGaps = between(picture, colour, 0.335, 0.344) + between(picture, colour, 0.657, 0.665) == 0;
    boolean sides = between(picture, colour, 0.05, 0.3) > 20 && between(picture, colour, 0.7, 0.95) > 20;
    if (middleGap == sideGaps) {
      return !middleGap && between(picture, colour, 0, 0.15) + between(picture, colour, 0.85, 1) == 0 ? 1 : 0;
    }
    return !sides ? 0 : middleGap ? 2 : 3;
  }

  /** The share of pixels in which two pictures of one size differ. */
  static double difference(BufferedImage one, BufferedImage other) {
    int[] left = of(one);
    int[] right = of(other);
    int different = 0;
    for (int i = 0; i < left.length; i++) {
      different += left[i] == right[i] ? 0 : 1;
    }
    return (double) different / left.length;
  }

  /** The greatest distance between a pixel's strongest and weakest channel, 0 to 255. */
  static int greatestChroma(BufferedImage picture) {
    int greatest = 0;
    for (int rgb : of(picture)) {
      int red = rgb >> 16 & 0xFF;
      int green = rgb >> 8 & 0xFF;
      int blue = rgb & 0xFF;
      greatest = Math.max(greatest,
          Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue)));
    }
    return greatest;
  }
}
