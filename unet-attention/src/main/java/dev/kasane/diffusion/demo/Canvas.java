package dev.kasane.diffusion.demo;

import dev.kasane.core.UserException;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/** A square picture with unit coordinates (0 to 1, y down) and smooth edges. */
final class Canvas {
  private static final int SMALLEST = 16;

  private Canvas() {}

  /** A new picture, painted by {@code drawing} in unit coordinates. */
  static BufferedImage paint(int size, Consumer<Graphics2D> drawing) {
    if (size < SMALLEST) {
      throw new UserException(
          "A scene cannot be drawn " + size + " pixels wide: choose " + SMALLEST + " or more.");
    }
    BufferedImage picture = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(size, size);
    drawing.accept(graphics);
    graphics.dispose();
    return picture;
  }

  /** A round-jointed pen whose width is given in pixels of a 128 pixel picture. */
  static BasicStroke pen(double width) {
    return new BasicStroke(
        (float) (width / SceneRenderer.DEFAULT_SIZE), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }
}
