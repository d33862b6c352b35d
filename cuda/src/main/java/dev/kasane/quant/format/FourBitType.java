package dev.kasane.quant.format;

import dev.kasane.core.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The 4-bit types of bitsandbytes: sixteen values in [-1, 1] that a block's largest magnitude scales.
 *
 * <p>A value takes the code whose neighbourhood it lies in; on the very midpoint between two, the lower one.
 */
public enum FourBitType {
  /**
   * NormalFloat: quantiles of the normal distribution (Dettmers et al. 2023, "QLoRA", appendix E). Code 7 is
   * zero.
   */
  NF4(new float[] {-1f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f,
      -0.18477343022823334f, -0.09105003625154495f, 0f, 0.07958029955625534f, 0.16093020141124725f,
      0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f,
      1f}, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
  /**
   * A sign and three bits that name 0, 1/192, 2/3, 1, 1/3, 1/2, 1/6, 1/4. There is a second zero, code 8,
   * which tiny positive values take.
   */
  FP4(fp4(), new int[] {11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3});

  private static final int CODES = 16;

  private final float[] table;
  private final float[] bounds = new float[CODES - 1];
  private final byte[] byRank = new byte[CODES];

  /**
   * @param table the value of each code
   * @param ascending the codes from the smallest value to the largest
   */
  FourBitType(float[] table, int[] ascending) {
    this.table = table;
    for (int rank = 0; rank < CODES; rank++) {
      byRank[rank] = (byte) ascending[rank];
    }
    for (int rank = 0; rank < bounds.length; rank++) {
      bounds[rank] = (table[ascending[rank]] + table[ascending[rank + 1]]) / 2;
    }
  }

  private static float[] fp4() {
    float[] twelfths = {0, 0.0625f, 8, 12, 4, 6, 2, 3};
    float[] table = new float[CODES];
    for (int code = 1; code < twelfths.length; code++) {
      table[code] = twelfths[code] / 12;
      table[code + twelfths.length] = -table[code];
    }
    return table;
  }

  /**
   * The type that a word names, in any case.
   *
   * @param where the tensor or option that says it, for the message
   * @throws UserException when it names none
   */
  public static FourBitType named(String word, String where) {
    return Arrays.stream(values()).filter(each -> each.id().equals(word.toLowerCase(Locale.ROOT))).findFirst()
        .orElseThrow(() -> new UserException(where + " says '" + word + "', which is no 4-bit type. There are "
            + Arrays.stream(values()).map(FourBitType::id).collect(Collectors.joining(", ")) + "."));
  }

  /** The name in files and on the command line: {@code nf4}, {@code fp4}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The values of the sixteen codes, a copy. */
  public float[] table() {
    return table.clone();
  }

  /** The value of a code from 0 to 15. */
  public float value(int code) {
    return table[code];
  }

  /**
   * The code of a scaled value.
   *
   * @param scaled in [-1, 1]; not a number takes the lowest
   */
  public int encode(float scaled) {
    int rank = scaled > bounds[7] ? 8 : 0;
    rank += scaled > bounds[rank + 3] ? 4 : 0;
    rank += scaled > bounds[rank + 1] ? 2 : 0;
    rank += scaled > bounds[rank] ? 1 : 0;
    return byRank[rank];
  }
}
