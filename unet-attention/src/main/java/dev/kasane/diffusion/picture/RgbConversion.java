package dev.kasane.diffusion.picture;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Turns any decoded image into opaque 8-bit sRGB: palettes are looked up, 16 bits become 8 by rounding, grey
 * is repeated, other colour spaces are converted by their profile, and alpha lies over the background.
 */
final class RgbConversion {
  private final int[] background;

  /**
   * @param background the colour under transparent pixels, as {@code 0xRRGGBB}
   */
  RgbConversion(int background) {
    this.background = new int[] {background >> 16 & 0xff, background >> 8 & 0xff, background & 0xff};
  }

  /**
   * @param image the decoded image
   * @param profile a profile that the file carries and that the decoder left unapplied, or null
   */
  Picture convert(BufferedImage image, ICC_Profile profile) {
    BufferedImage plain = straightAlpha(image);
    if (profile != null) {
      plain = withProfile(plain, profile);
    }
    ColorSpace space = plain.getColorModel().getColorSpace();
    if (!space.isCS_sRGB() && !isPlainGrey(space)) {
      plain = toSrgb(plain);
    }
    ColorModel model = plain.getColorModel();
    if (model instanceof ComponentColorModel && model.getTransferType() <= DataBuffer.TYPE_USHORT) {
      return fromSamples(plain);
    }
    return isPlainGrey(model.getColorSpace()) ? fromNormalised(plain) : fromPacked(plain);
  }

  /**
   * Java calls every grey image "linear grey" and would brighten it on the way to sRGB. Files without a
   * profile hold grey on sRGB's own curve, so their samples are taken as they are.
   */
  private static boolean isPlainGrey(ColorSpace space) {
    return space == ColorSpace.getInstance(ColorSpace.CS_GRAY)
        || space.getType() == ColorSpace.TYPE_GRAY && !(space instanceof ICC_ColorSpace);
  }

  private static BufferedImage straightAlpha(BufferedImage image) {
    if (image.isAlphaPremultiplied()) {
      image.coerceData(false);
    }
    return image;
  }

  /** The same samples, understood in the profile's space; unchanged where the profile does not fit them. */
  private static BufferedImage withProfile(BufferedImage image, ICC_Profile profile) {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel palette) {
      return withProfile(palette.convertToIntDiscrete(image.getRaster(), false), profile);
    }
    if (profile.getNumComponents() != model.getNumColorComponents()) {
      return image;
    }
    BufferedImage components = asComponents(image);
    ColorModel old = components.getColorModel();
    ColorModel tagged = new ComponentColorModel(
        new ICC_ColorSpace(profile), old.hasAlpha(), false, old.getTransparency(), old.getTransferType());
    return new BufferedImage(tagged, components.getRaster(), false, null);
  }

  private static BufferedImage asComponents(BufferedImage image) {
    if (image.getColorModel() instanceof ComponentColorModel) {
      return image;
    }
    boolean alpha = image.getColorModel().hasAlpha();
    BufferedImage copy = new BufferedImage(image.getWidth(), image.getHeight(),
        alpha ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < image.getHeight(); y++) {
      int[] row = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
      copy.setRGB(0, y, image.getWidth(), 1, row, 0, image.getWidth());
    }
    return copy;
  }

  private static BufferedImage toSrgb(BufferedImage image) {
    boolean alpha = image.getColorModel().hasAlpha();
    int type = alpha ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage converted = new BufferedImage(image.getWidth(), image.getHeight(), type);
    return new ColorConvertOp(null).filter(image, converted);
  }

  private Picture fromSamples(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel model = image.getColorModel();
    int bands = raster.getNumBands();
    int colours = model.getNumColorComponents();
    int[] largest = largestSamples(model);
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    int[] row = null;
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      row = raster.getPixels(raster.getMinX(), raster.getMinY() + y, image.getWidth(), 1, row);
      for (int at = 0; at < image.getWidth() * bands; at += bands, to += 3) {
        int alpha = model.hasAlpha() ? row[at + colours] : 1;
        int opaque = model.hasAlpha() ? largest[colours] : 1;
        for (int c = 0; c < 3; c++) {
          int band = Math.min(c, colours - 1);
          rgb[to + c] = over(row[at + band], largest[band], alpha, opaque, background[c]);
        }
      }
    }
    return new Picture(image.getWidth(), image.getHeight(), rgb);
  }

  private static int[] largestSamples(ColorModel model) {
    int[] largest = new int[model.getNumComponents()];
    for (int c = 0; c < largest.length; c++) {
      largest[c] = (1 << model.getComponentSize(c)) - 1;
    }
    return largest;
  }

  /** One sample at 8 bits over the background: rounded once, at the end. */
  private static byte over(int sample, int largest, int alpha, int opaque, int background) {
    long whole = (long) largest * opaque;
    long mixed = 255L * sample * alpha + (long) background * largest * (opaque - alpha);
    return (byte) ((mixed + whole / 2) / whole);
  }

  private Picture fromPacked(BufferedImage image) {
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    int[] row = new int[image.getWidth()];
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, row.length, 1, row, 0, row.length);
      for (int argb : row) {
        for (int c = 0; c < 3; c++) {
          rgb[to++] = over(argb >> 16 - 8 * c & 0xff, 255, argb >>> 24, 255, background[c]);
        }
      }
    }
    return new Picture(image.getWidth(), image.getHeight(), rgb);
  }

  /** Grey whose samples are signed, floating or wider than 16 bits. */
  private Picture fromNormalised(BufferedImage image) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    Object pixel = null;
    float[] values = null;
    int to = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        pixel = raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, pixel);
        values = model.getNormalizedComponents(pixel, values, 0);
        float alpha = model.hasAlpha() ? Math.min(1, Math.max(0, values[1])) : 1;
        float grey = Math.min(1, Math.max(0, values[0]));
        for (int c = 0; c < 3; c++) {
          rgb[to++] = (byte) Math.round(255 * grey * alpha + background[c] * (1 - alpha));
        }
      }
    }
    return new Picture(image.getWidth(), image.getHeight(), rgb);
  }
}
