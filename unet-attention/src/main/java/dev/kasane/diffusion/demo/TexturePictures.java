package dev.kasane.diffusion.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.Random;

/** Pictures that show nothing: gradients, hatchings, checkers, blobs and soft noise in any colours. */
final class TexturePictures {
  private static final int KINDS = 5;

  private TexturePictures() {}

  /** A picture of a random kind, {@code size} pixels square. */
  static BufferedImage paint(Random random, int size) {
    return switch (random.nextInt(KINDS)) {
      case 0 -> Canvas.paint(size, graphics -> fill(graphics, gradient(random)));
      case 1 -> Canvas.paint(size, graphics -> hatch(graphics, random));
      case 2 -> Canvas.paint(size, graphics -> checkers(graphics, random));
      case 3 -> Canvas.paint(size, graphics -> blobs(graphics, random));
      default -> noise(random, size);
    };
  }

  /** Any opaque colour, uniform in sRGB. */
  static Color colour(Random random) {
    return new Color(random.nextInt(0x1000000));
  }

  private static void fill(Graphics2D graphics, Paint paint) {
    graphics.setPaint(paint);
    graphics.fill(Outlines.box(-1, -1, 2, 2));
  }

  private static Paint gradient(Random random) {
    return new GradientPaint(
        random.nextFloat(), random.nextFloat(), colour(random),
        random.nextFloat(), random.nextFloat(), colour(random), random.nextBoolean());
  }

  /** Parallel strokes 4 to 16 pixels apart in any direction, now and then crossed by a second layer. */
  private static void hatch(Graphics2D graphics, Random random) {
    fill(graphics, colour(random));
    graphics.setColor(colour(random));
    int layers = 1 + random.nextInt(2);
    for (int layer = 0; layer < layers; layer++) {
      double spacing = (4 + random.nextInt(13)) / 128.0;
      graphics.setStroke(new BasicStroke((float) (spacing * (0.25 + 0.4 * random.nextDouble()))));
      Graphics2D turned = (Graphics2D) graphics.create();
      turned.rotate(Math.PI * random.nextInt(8) / 8, 0.5, 0.5);
      for (double y = -0.3; y < 1.3; y += spacing) {
        turned.draw(new Line2D.Double(-0.3, y, 1.3, y));
      }
      turned.dispose();
    }
  }

  private static void checkers(Graphics2D graphics, Random random) {
    fill(graphics, colour(random));
    graphics.setColor(colour(random));
    graphics.rotate(Math.PI * random.nextInt(8) / 16, 0.5, 0.5);
    double side = (6 + random.nextInt(27)) / 128.0;
    int cells = (int) Math.ceil(2 / side);
    for (int row = 0; row < cells; row++) {
      for (int column = row % 2; column < cells; column += 2) {
        double x = -0.5 + column * side;
        double y = -0.5 + row * side;
        graphics.fill(Outlines.box(x, y, x + side, y + side));
      }
    }
  }

  private static void blobs(Graphics2D graphics, Random random) {
    fill(graphics, random.nextBoolean() ? gradient(random) : colour(random));
    boolean outlined = random.nextBoolean();
    Color outline = colour(random);
    graphics.setStroke(Canvas.pen(1.5 + 3 * random.nextDouble()));
    int blobs = 3 + random.nextInt(8);
    for (int i = 0; i < blobs; i++) {
      double radius = 0.06 + 0.2 * random.nextDouble();
      double x = random.nextDouble();
      double y = random.nextDouble();
      var shape = random.nextBoolean()
          ? Outlines.ellipse(x, y, radius, radius * (0.5 + random.nextDouble()))
          : Outlines.star(x, y, 3 + random.nextInt(4), radius, radius * (0.4 + 0.6 * random.nextDouble()));
      graphics.setPaint(colour(random));
      graphics.fill(shape);
      if (outlined) {
        graphics.setColor(outline);
        graphics.draw(shape);
      }
    }
  }

  /** A few random pixels, enlarged smoothly. */
  private static BufferedImage noise(Random random, int size) {
    int grid = 4 + random.nextInt(7);
    BufferedImage coarse = new BufferedImage(grid, grid, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < grid; y++) {
      for (int x = 0; x < grid; x++) {
        coarse.setRGB(x, y, random.nextInt(0x1000000));
      }
    }
    return Canvas.paint(size, graphics -> {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.scale(1.0 / (grid - 2), 1.0 / (grid - 2));
      graphics.translate(-1, -1);
      graphics.drawImage(coarse, 0, 0, null);
    });
  }
}
