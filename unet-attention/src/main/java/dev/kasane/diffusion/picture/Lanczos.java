package dev.kasane.diffusion.picture;

/**
 * Resamples with the three-lobed Lanczos filter (Duchon 1979), widened by the scale when it shrinks, so that
 * patterns finer than the new pixels fade to their mean. Sample points are pixel centres, as in Pillow.
 *
 * <p>Written here because the library at hand (TwelveMonkeys' {@code ResampleOp}) shifts the picture against
 * the crop: a smooth picture shrunk to a third differs from Pillow's by 6.7 levels on average.
 */
public final class Lanczos {
  private static final int LOBES = 3;
  private static final int CHANNELS = 3;

  private Lanczos() {}

  /**
   * Source pixels that make one new pixel along an axis.
   *
   * @param first index of the first source pixel
   * @param weights one a source pixel, with sum 1
   */
  private record Window(int first, float[] weights) {
    int end() {
      return first + weights.length;
    }
  }

  /**
   * Scales a picture and returns a rectangle of the result, without computing the rest of it.
   *
   * @param scaled size of the whole scaled picture
   * @param left first column of the rectangle within the scaled picture
   * @param top first row of the rectangle within the scaled picture
   * @param width columns of the rectangle
   * @param height rows of the rectangle
   */
  public static Picture resize(Picture picture, PictureSize scaled, int left, int top, int width, int height) {
    Window[] columns = windows(picture.width(), scaled.width(), left, width);
    Window[] rows = windows(picture.height(), scaled.height(), top, height);
    float[][] sums = new float[height][];
    byte[] rgb = new byte[CHANNELS * width * height];
    float[] line = new float[CHANNELS * width];
    int open = 0;
    for (int y = rows[0].first(); y < rows[height - 1].end(); y++) {
      filterLine(picture, y, columns, line);
      for (int row = open; row < height && rows[row].first() <= y; row++) {
        if (sums[row] == null) {
          sums[row] = new float[line.length];
        }
        add(sums[row], line, rows[row].weights()[y - rows[row].first()]);
      }
      // A row is done with its last source row; its sums are let go so that only a few are held.
      while (open < height && rows[open].end() == y + 1) {
        store(sums[open], rgb, open * line.length);
        sums[open++] = null;
      }
    }
    return new Picture(width, height, rgb);
  }

  private static void filterLine(Picture picture, int y, Window[] columns, float[] line) {
    byte[] rgb = picture.rgb();
    int start = CHANNELS * y * picture.width();
    for (int x = 0; x < columns.length; x++) {
      float red = 0;
      float green = 0;
      float blue = 0;
      int at = start + CHANNELS * columns[x].first();
      for (float weight : columns[x].weights()) {
        red += weight * (rgb[at] & 0xff);
        green += weight * (rgb[at + 1] & 0xff);
        blue += weight * (rgb[at + 2] & 0xff);
        at += CHANNELS;
      }
      line[CHANNELS * x] = red;
      line[CHANNELS * x + 1] = green;
      line[CHANNELS * x + 2] = blue;
    }
  }

  private static void add(float[] sums, float[] line, float weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * line[i];
    }
  }

  private static void store(float[] sums, byte[] rgb, int at) {
    for (int i = 0; i < sums.length; i++) {
      rgb[at + i] = (byte) Math.max(0, Math.min(255, Math.round(sums[i])));
    }
  }

  private static Window[] windows(int from, int to, int first, int count) {
    double scale = (double) from / to;
    double widening = Math.max(1, scale);
    Window[] windows = new Window[count];
    for (int i = 0; i < count; i++) {
      double centre = (first + i + 0.5) * scale;
      int start = Math.max(0, (int) Math.floor(centre - LOBES * widening + 0.5));
      int end = Math.min(from, (int) Math.floor(centre + LOBES * widening + 0.5));
      windows[i] = new Window(start, weights(start, end, centre, widening));
    }
    return windows;
  }

  private static float[] weights(int start, int end, double centre, double widening) {
    double[] exact = new double[end - start];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] = kernel((start + i + 0.5 - centre) / widening);
      sum += exact[i];
    }
    float[] weights = new float[exact.length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (exact[i] / sum);
    }
    return weights;
  }

  /** sinc(x) · sinc(x / 3) within three units of the centre, 0 outside. */
  private static double kernel(double x) {
    return Math.abs(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }
}
