package dev.kasane.diffusion.demo;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** The style of the demo base: flat, saturated colours with dark contours. Safe for several threads. */
public final class ScenePainter implements SceneRenderer {
  @Override
  public BufferedImage paint(Scene scene, long seed, int size) {
    SceneLayout layout = SceneLayout.of(scene, seed);
    FlatPalette palette = new FlatPalette(scene);
    return Canvas.paint(size, graphics -> {
      colour(graphics, layout.backdrop(), palette);
      layout.objects().forEach(object -> colour(graphics, object, palette));
      colour(graphics, layout.front(), palette);
    });
  }

  private static void colour(Graphics2D graphics, List<Part> parts, FlatPalette palette) {
    for (Part part : parts) {
      graphics.setColor(palette.of(part.surface()));
      graphics.fill(part.shape());
      // Contours only where they help: around objects. The backdrop stays soft behind them.
      if (part.line() > 0 && part.surface().isObject()) {
        graphics.setColor(FlatPalette.OUTLINE);
        graphics.setStroke(Canvas.pen(part.line()));
        graphics.draw(part.shape());
      }
    }
  }
}
