package dev.kasane.quant.format;

import dev.kasane.core.parallel.Workers;
import java.nio.ByteBuffer;

/**
 * A matrix in 8 bits with a scale for each row (Dettmers et al. 2022, "LLM.int8()"): value = code · scale / 127.
 *
 * @param rows how many rows
 * @param columns how long each is
 * @param codes rows · columns signed bytes from position 0
 * @param scales the largest magnitude of each row
 */
public record Int8Rows(int rows, int columns, ByteBuffer codes, float[] scales) {
  /** 1/127 as bitsandbytes writes it. */
  public static final float STEP = 7.874015718698502e-3f;
  private static final int MOST = 127;

  /** Checks that scales and bytes are as many as the matrix needs. */
  public Int8Rows {
    if (scales.length != rows || codes.capacity() != (long) rows * columns) {
      throw new IllegalArgumentException(rows + " × " + columns + " does not go with " + codes.capacity()
          + " bytes and " + scales.length + " scales");
    }
  }

  /**
   * Quantises, bit for bit as bitsandbytes' {@code int8_vectorwise_quant} without outliers.
   *
   * @param source finite numbers, row by row
   * @param codes takes the codes
   * @throws dev.kasane.core.UserException when a number is not finite
   */
  public static Int8Rows quantise(StoredFloats source, int rows, ByteBuffer codes) {
    int columns = rows == 0 ? 0 : source.count() / rows;
    float[] scales = new float[rows];
    Workers.split(rows, Math.max(1, 65_536 / Math.max(1, columns)), (from, to) -> {
      float[] values = new float[columns];
      for (int row = from; row < to; row++) {
        source.read(row * columns, values, columns);
        scales[row] = StoredFloats.largest(values, columns, row * columns);
        // Not 127 / scale: PyTorch divides a number by a tensor in these two steps.
        float factor = 1f / scales[row] * MOST;
        for (int i = 0; i < columns; i++) {
          // In a row of zeros 0 · ∞ is not a number, which a cast makes 0.
          codes.put(row * columns + i, (byte) Math.rint(values[i] * factor));
        }
      }
    });
    return new Int8Rows(rows, columns, codes, scales);
  }

  /** The number at a place. */
  public float value(int row, int column) {
    return codes.get(row * columns + column) * scales[row] * STEP;
  }

  /** Bytes that codes and scales hold. */
  public long bytes() {
    return codes.capacity() + (long) rows * Float.BYTES;
  }
}
