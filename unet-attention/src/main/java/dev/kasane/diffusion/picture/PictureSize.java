package dev.kasane.diffusion.picture;

/**
 * A size in pixels.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record PictureSize(int width, int height) {

  /**
   * @throws IllegalArgumentException if a side is below 1
   */
  public PictureSize {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("a picture cannot have " + width + " x " + height + " pixels");
    }
  }

  /** Width and height changed over. */
  public PictureSize turned() {
    return new PictureSize(height, width);
  }

  /** Pixels in all. */
  public long area() {
    return (long) width * height;
  }

  @Override
  public String toString() {
    return width + " x " + height;
  }
}
