package dev.kasane.diffusion.demo;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.TexturePaint;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/**
 * The hatchings of the ink style, from blank paper to solid ink.
 *
 * <p>Each is one tile repeated every sixteenth of the picture: 8 pixels of 128, one cell of an 8x
 * autoencoder. So a hatched area has the same latents in every cell, which a small model can learn.
 */
enum InkTexture {
  PAPER(0),
  RULED(1.9, 0, 0.25, 1, 0.25, 0, 0.75, 1, 0.75),
  UPRIGHT(1.9, 0.25, 0, 0.25, 1, 0.75, 0, 0.75, 1),
  WATER_LINES(2.2, 0, 0.5, 1, 0.5),
  SLANTED(1.7, -0.5, 0.5, 0.5, -0.5, -0.5, 1.5, 1.5, -0.5, 0.5, 1.5, 1.5, 0.5),
  LEANING(1.7, -0.5, 0.5, 0.5, 1.5, -0.5, -0.5, 1.5, 1.5, 0.5, -0.5, 1.5, 0.5),
  HEAVY(3.1, -0.5, 0.5, 0.5, -0.5, -0.5, 1.5, 1.5, -0.5, 0.5, 1.5, 1.5, 0.5),
  CROSSED(1.9, -0.5, 0.5, 0.5, -0.5, -0.5, 1.5, 1.5, -0.5, 0.5, 1.5, 1.5, 0.5,
      -0.5, 0.5, 0.5, 1.5, -0.5, -0.5, 1.5, 1.5, 0.5, -0.5, 1.5, 0.5),
  GRID(2.4, 0, 0.25, 1, 0.25, 0, 0.75, 1, 0.75, 0.25, 0, 0.25, 1, 0.75, 0, 0.75, 1),
  SOLID(0);

  private static final int CELLS = 16;
  private static final int DEFAULT_TILE = SceneRenderer.DEFAULT_SIZE / CELLS;

  private final double width;
  private final double[] lines;
  private final BufferedImage tile;

  InkTexture(double width, double... lines) {
    this.width = width;
    this.lines = lines;
    this.tile = drawTile(DEFAULT_TILE);
  }

  /** The paint for a picture {@code size} pixels wide whose graphics have unit coordinates. */
  Paint paint(int size) {
    if (this == PAPER) {
      return InkPainter.CREAM;
    }
    if (this == SOLID) {
      return InkPainter.INK;
    }
    int side = Math.max(2, Math.round((float) size / CELLS));
    BufferedImage image = side == DEFAULT_TILE ? tile : drawTile(side);
    double edge = (double) side / size;
    return new TexturePaint(image, new Rectangle2D.Double(0, 0, edge, edge));
  }

  private BufferedImage drawTile(int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(InkPainter.CREAM);
    graphics.fillRect(0, 0, side, side);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(InkPainter.INK);
    graphics.scale(side, side);
    graphics.setStroke(new BasicStroke((float) (width / DEFAULT_TILE)));
    for (int i = 0; i < lines.length; i += 4) {
      graphics.draw(new Line2D.Double(lines[i], lines[i + 1], lines[i + 2], lines[i + 3]));
    }
    graphics.dispose();
    return image;
  }
}
