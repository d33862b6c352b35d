package dev.kasane.diffusion.data.batch;

import java.util.Random;

/**
 * Where a crop lies within a picture that is larger than its bucket.
 *
 * @param horizontal 0 for the left edge to 1 for the right
 * @param vertical 0 for the top edge to 1 for the bottom
 */
public record CropPosition(double horizontal, double vertical) {
  /** The middle. */
  public static final CropPosition CENTRE = new CropPosition(0.5, 0.5);

  /**
   * @throws IllegalArgumentException if a value is outside 0 to 1
   */
  public CropPosition {
    if (!(horizontal >= 0 && horizontal <= 1 && vertical >= 0 && vertical <= 1)) {
      throw new IllegalArgumentException(
          "crop position " + horizontal + ", " + vertical + " is outside 0 to 1");
    }
  }

  /**
   * A place that depends on seed and picture alone, so that cached latents stay right.
   *
   * @param seed the run's seed
   * @param picture the picture's index
   */
  public static CropPosition random(long seed, int picture) {
    Random random = SeededRandom.of(SeededRandom.Purpose.CROP, seed, picture);
    return new CropPosition(random.nextDouble(), random.nextDouble());
  }
}
