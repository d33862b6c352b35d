package dev.kasane.diffusion.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * The style of the sample pictures: a print in black ink on cream paper, with bold contours.
 *
 * <p>There are no colours. What the flat style paints darker is hatched more densely here: each object colour
 * has its own hatching, from blank paper for white to a close grid for purple, and the night sky is solid
 * ink. A rim of blank paper keeps the objects apart from the hatching behind them. Safe for several threads.
 */
public final class InkPainter implements SceneRenderer {
  static final Color CREAM = new Color(243, 232, 208);
  /** A warm black. */
  static final Color INK = new Color(30, 26, 24);

  private static final double CONTOUR = 1.3;
  private static final double RIM = 7;

  @Override
  public BufferedImage paint(Scene scene, long seed, int size) {
    SceneLayout layout = SceneLayout.of(scene, seed);
    return Canvas.paint(size, graphics -> {
      print(graphics, layout.backdrop(), scene, size);
      for (List<Part> object : layout.objects()) {
        cutRim(graphics, object);
        print(graphics, object, scene, size);
      }
      print(graphics, layout.front(), scene, size);
    });
  }

  private static void cutRim(Graphics2D graphics, List<Part> object) {
    graphics.setColor(CREAM);
    graphics.setStroke(Canvas.pen(RIM));
    object.forEach(part -> graphics.draw(part.shape()));
  }

  private static void print(Graphics2D graphics, List<Part> parts, Scene scene, int size) {
    for (Part part : parts) {
      graphics.setPaint(texture(part.surface(), scene).paint(size));
      graphics.fill(part.shape());
      if (part.line() > 0) {
        graphics.setColor(INK);
        graphics.setStroke(Canvas.pen(part.line() * CONTOUR));
        graphics.draw(part.shape());
      }
    }
  }

  private static InkTexture texture(Surface surface, Scene scene) {
    boolean night = scene.weather() == Weather.NIGHT;
    return switch (surface) {
      case MAIN -> objectTexture(scene.colour());
      case SHADE -> scene.colour() == SceneColour.WHITE ? InkTexture.SLANTED : InkTexture.SOLID;
      case SKY -> night ? InkTexture.SOLID : InkTexture.PAPER;
      case CACTUS, TRUNK, FROND -> night ? InkTexture.RULED : InkTexture.SOLID;
      case DARK, WOOD, STEM, RAIN, ROAD, WINDOW -> InkTexture.SOLID;
      case RAIN_CLOUD -> InkTexture.HEAVY;
      case GRASS -> InkTexture.UPRIGHT;
      case HILL, DUNE, ROCK -> InkTexture.LEANING;
      case WATER, BEACH_WATER -> InkTexture.RULED;
      case DESERT_SAND -> InkTexture.WATER_LINES;
      case NEAR_TOWER -> InkTexture.SLANTED;
      default -> InkTexture.PAPER;
    };
  }

  private static InkTexture objectTexture(SceneColour colour) {
    return switch (colour) {
      case WHITE -> InkTexture.PAPER;
      case YELLOW -> InkTexture.WATER_LINES;
      case PINK -> InkTexture.UPRIGHT;
      case ORANGE -> InkTexture.LEANING;
      case GREEN -> InkTexture.SLANTED;
      case RED -> InkTexture.HEAVY;
      case BLUE -> InkTexture.CROSSED;
      case PURPLE -> InkTexture.GRID;
    };
  }
}
