package dev.kasane.diffusion.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/** Random changes of geometry and colour that make many pictures out of one. */
final class PictureTransforms {
  private static final int[][] CHANNEL_ORDERS = {
    {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  private PictureTransforms() {}

  /** A changed copy: mirrored and zoomed in up to twofold, and half the time in other colours as well. */
  static BufferedImage apply(BufferedImage picture, Random random) {
    BufferedImage moved = zoom(picture, random);
    return switch (random.nextInt(6)) {
      case 0 -> reorderChannels(moved, CHANNEL_ORDERS[random.nextInt(CHANNEL_ORDERS.length)]);
      case 1 -> invert(moved);
      case 2 -> duotone(moved, TexturePictures.colour(random), TexturePictures.colour(random));
      default -> moved;
    };
  }

  private static BufferedImage zoom(BufferedImage picture, Random random) {
    int size = picture.getWidth();
    double scale = 1 + random.nextDouble();
    double slack = size * (scale - 1);
    boolean mirror = random.nextBoolean();
    boolean upsideDown = random.nextInt(4) == 0;
    BufferedImage moved = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = moved.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.translate(mirror ? size : 0, upsideDown ? size : 0);
    graphics.scale(mirror ? -1 : 1, upsideDown ? -1 : 1);
    graphics.translate(-slack * random.nextDouble(), -slack * random.nextDouble());
    graphics.scale(scale, scale);
    graphics.drawImage(picture, 0, 0, null);
    graphics.dispose();
    return moved;
  }

  private static BufferedImage reorderChannels(BufferedImage picture, int[] order) {
    return recolour(picture, rgb -> channel(rgb, order[0]) << 16 | channel(rgb, order[1]) << 8
        | channel(rgb, order[2]));
  }

  private static BufferedImage invert(BufferedImage picture) {
    return recolour(picture, rgb -> ~rgb & 0xFFFFFF);
  }

  /** Grey values between two inks; luma as in ITU-R BT.601. */
  private static BufferedImage duotone(BufferedImage picture, Color dark, Color light) {
    return recolour(picture, rgb -> {
      double luma = (0.299 * channel(rgb, 0) + 0.587 * channel(rgb, 1) + 0.114 * channel(rgb, 2)) / 255;
      return FlatPalette.mix(dark, light, luma).getRGB() & 0xFFFFFF;
    });
  }

  private static int channel(int rgb, int index) {
    return rgb >> (16 - 8 * index) & 0xFF;
  }

  private static BufferedImage recolour(BufferedImage picture, IntUnaryOperator change) {
    int size = picture.getWidth();
    int[] pixels = picture.getRGB(0, 0, size, size, null, 0, size);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = change.applyAsInt(pixels[i]);
    }
    picture.setRGB(0, 0, size, size, pixels, 0, size);
    return picture;
  }
}
