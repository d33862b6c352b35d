package dev.kasane.quant.format;

import java.util.Arrays;

/**
 * The 256 values of the dynamic 8-bit type, ascending (Dettmers 2016, "8-Bit Approximations for Parallelism in
 * Deep Learning"): the leading zero bits are a decimal exponent, the rest a linear fraction.
 */
public final class DynamicMap {
  /** From -0.993 to 1; code 127 is zero. */
  public static final DynamicMap SIGNED = new DynamicMap(true);
  /** From 0 to 1, twice as fine; code 0 is zero. */
  public static final DynamicMap UNSIGNED = new DynamicMap(false);

  private static final int CODES = 256;
  private static final int EXPONENTS = 7;
  private static final int BINS = 65536;

  private final float[] values;
  private final float[] bounds = new float[CODES - 1];
  private final byte[] binned = new byte[BINS];

  private DynamicMap(boolean signed) {
    this.values = values(signed);
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = (values[i] + values[i + 1]) / 2;
    }
    for (int bin = 0; bin < BINS; bin++) {
      binned[bin] = (byte) nearest(-1f + 2f * bin / (BINS - 1));
    }
  }

  private static float[] values(boolean signed) {
    float[] values = new float[CODES];
    int filled = 0;
    for (int e = 0; e < EXPONENTS; e++) {
      int steps = signed ? 1 << e : 1 << e + 1;
      float power = (float) Math.pow(10, e - (EXPONENTS - 1));
      for (int i = 0; i < steps; i++) {
        float middle = (edge(i, steps) + edge(i + 1, steps)) / 2;
        values[filled++] = power * middle;
        if (signed) {
          values[filled++] = -power * middle;
        }
      }
    }
    values[filled] = 0;
    values[filled + 1] = 1;
    Arrays.sort(values);
    return values;
  }

  /** Division of [0.1, 1] as PyTorch's linspace computes it: from the nearer end. */
  private static float edge(int index, int steps) {
    float step = (1f - 0.1f) / steps;
    return index < (steps + 1) / 2 ? Math.fma(step, index, 0.1f) : Math.fma(-step, steps - index, 1f);
  }

  /** The values, a copy. */
  public float[] values() {
    return values.clone();
  }

  /** The value of a code from 0 to 255. */
  public float value(int code) {
    return values[code];
  }

  /** The code of the nearest value; on the very midpoint, the lower one. */
  public int nearest(float scaled) {
    int low = 0;
    int high = bounds.length;
    while (low < high) {
      int middle = low + high >>> 1;
      if (scaled > bounds[middle]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The code that bitsandbytes' CPU path gives: that of the middle of the one of 65,536 bins that a value falls
   * into. Values below 1.5e-5 become indistinguishable, which is right for scales and wrong for optimiser
   * states.
   */
  public int binned(float scaled) {
    float clamped = Math.max(-1f, Math.min(1f, scaled));
    return binned[(int) ((clamped + 1f) * 0.5f * (BINS - 1) + 0.5f)] & 0xff;
  }
}
