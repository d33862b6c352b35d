package dev.kasane.diffusion.data.batch;

/**
 * The size that all pictures of a batch have.
 *
 * @param width pixels, a multiple of the plan's step
 * @param height pixels, a multiple of the plan's step
 */
public record Bucket(int width, int height) implements Comparable<Bucket> {

  /** Width over height. */
  public double aspectRatio() {
    return (double) width / height;
  }

  /** Orders by width, then height. */
  @Override
  public int compareTo(Bucket other) {
    return width == other.width ? Integer.compare(height, other.height) : Integer.compare(width, other.width);
  }

  @Override
  public String toString() {
    return width + " x " + height;
  }
}
