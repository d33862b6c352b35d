package dev.kasane.diffusion.picture;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;
import java.util.Objects;

/**
 * Pixels in sRGB, 8 bits a channel, without alpha.
 *
 * <p>The array is not copied: whoever makes a picture hands the array over and leaves it alone.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param rgb interleaved red, green, blue, row by row from the top left; {@code 3 * width * height} bytes
 */
public record Picture(int width, int height, byte[] rgb) {

  /**
   * @throws IllegalArgumentException if the array's length does not fit the size
   */
  public Picture {
    Objects.requireNonNull(rgb, "rgb");
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "a picture of " + width + " x " + height + " pixels cannot have " + rgb.length + " bytes");
    }
  }

  /** A picture of one colour, given as {@code 0xRRGGBB}. */
  public static Picture filled(int width, int height, int colour) {
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (colour >> 16);
      rgb[i + 1] = (byte) (colour >> 8);
      rgb[i + 2] = (byte) colour;
    }
    return new Picture(width, height, rgb);
  }

  /** The pixels of an image that is already opaque sRGB, such as a Java2D canvas of an RGB type. */
  public static Picture of(BufferedImage image) {
    BufferedImage canvas = new BufferedImage(
        image.getWidth(), image.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
    var graphics = canvas.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.dispose();
    byte[] bgr = ((DataBufferByte) canvas.getRaster().getDataBuffer()).getData();
    return new Picture(canvas.getWidth(), canvas.getHeight(), swapRedAndBlue(bgr));
  }

  /** A copy of the pixels as a Java2D image of type {@code TYPE_3BYTE_BGR}. */
  public BufferedImage toImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(swapRedAndBlue(rgb), 0, bgr, 0, bgr.length);
    return image;
  }

  /** One pixel as {@code 0xRRGGBB}. */
  public int pixel(int x, int y) {
    int at = 3 * (Objects.checkIndex(y, height) * width + Objects.checkIndex(x, width));
    return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
  }

  /**
   * The rectangle with the given top left corner.
   *
   * @throws IllegalArgumentException if it is not wholly inside the picture
   */
  public Picture crop(int left, int top, int cropWidth, int cropHeight) {
    if (left < 0 || top < 0 || left + cropWidth > width || top + cropHeight > height) {
      throw new IllegalArgumentException("crop " + cropWidth + " x " + cropHeight + " at " + left + ", " + top
          + " leaves the picture of " + width + " x " + height);
    }
    byte[] cut = new byte[3 * cropWidth * cropHeight];
    for (int y = 0; y < cropHeight; y++) {
      System.arraycopy(rgb, 3 * ((top + y) * width + left), cut, 3 * y * cropWidth, 3 * cropWidth);
    }
    return new Picture(cropWidth, cropHeight, cut);
  }

  /** The picture as seen in a mirror: left and right change places. */
  public Picture mirrored() {
    return Orientation.MIRRORED.apply(this);
  }

  private static byte[] swapRedAndBlue(byte[] pixels) {
    byte[] swapped = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i += 3) {
      swapped[i] = pixels[i + 2];
      swapped[i + 1] = pixels[i + 1];
      swapped[i + 2] = pixels[i];
    }
    return swapped;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture that
        && width == that.width && height == that.height && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "Picture[" + width + " x " + height + "]";
  }
}
