package dev.kasane.quant;

import java.util.Arrays;

/** The inputs of the golden values; see goldens.py. */
public final class SeededInputs {
  private SeededInputs() {}

  /** Numbers of a seed; a few seeds have runs of zeros. */
  public static float[] values(long seed, int count) {
    long state = seed * 2654435761L + 12345;
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      float t = ((int) (state >>> 40) - (1 << 23)) * 0x1p-23f;
      values[i] = t * Math.abs(t) * 0.25f;
    }
    if (seed % 5 == 3) {
      Arrays.fill(values, count / 4, count / 2, 0);
    }
    if (seed % 7 == 4) {
      for (int i = 0; i < count; i++) {
        values[i] *= 0x1p-10f;
      }
    }
    return values;
  }
}
