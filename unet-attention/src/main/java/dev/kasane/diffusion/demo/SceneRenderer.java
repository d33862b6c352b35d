package dev.kasane.diffusion.demo;

import java.awt.image.BufferedImage;

/**
 * Draws scenes in one style. The same scene, seed and size give the same pixels on one Java release; between
 * releases, Java2D may smooth a few contour pixels differently.
 */
public interface SceneRenderer {
  /** The side of the demo base's pictures in pixels. */
  int DEFAULT_SIZE = 128;

  /**
   * Draws a scene.
   *
   * @param seed moves and resizes things a little
   * @param size width and height in pixels, at least 16
   * @return an opaque picture of type {@link BufferedImage#TYPE_INT_RGB}
   * @throws dev.kasane.core.UserException if {@code size} is below 16
   */
  BufferedImage paint(Scene scene, long seed, int size);
}
