package dev.kasane.core.safetensors;

/**
 * Conversions between float and the two 16-bit float formats, exact in one direction and rounded to nearest,
 * ties to even, in the other.
 *
 * <p>IEEE 754 binary16 has 1 sign, 5 exponent and 10 mantissa bits; bfloat16 has 1, 8 and 7 and is the upper
 * half of a binary32. Subnormal numbers are kept (small LoRA weights fall there), values too large for
 * binary16 become infinite, and a NaN stays a NaN with its upper payload bits and becomes quiet.
 */
public final class HalfPrecision {
  private static final int FLOAT_EXPONENT = 0x7f80_0000;
  private static final int FLOAT_MANTISSA_BITS = 23;
  private static final int FLOAT_BIAS = 127;
  private static final int HALF_INFINITY = 0x7c00;
  private static final int HALF_MANTISSA_BITS = 10;
  private static final int HALF_BIAS = 15;
  private static final int DROPPED_BITS = FLOAT_MANTISSA_BITS - HALF_MANTISSA_BITS;
  /** 2^-24, the smallest positive binary16 number. */
  private static final float HALF_MIN_VALUE = 0x1p-24f;

  private HalfPrecision() {}

  /** The float equal to the binary16 number with these bits. */
  public static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7fff;
    if (magnitude >= HALF_INFINITY) {
      return Float.intBitsToFloat(sign | FLOAT_EXPONENT | (magnitude & 0x3ff) << DROPPED_BITS);
    }
    if (magnitude < 1 << HALF_MANTISSA_BITS) {
      float value = magnitude * HALF_MIN_VALUE;
      return sign == 0 ? value : -value;
    }
    int exponentShift = FLOAT_BIAS - HALF_BIAS << FLOAT_MANTISSA_BITS;
    return Float.intBitsToFloat(sign | (magnitude << DROPPED_BITS) + exponentShift);
  }

  /** The bits of the binary16 number nearest to {@code value}. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > FLOAT_EXPONENT) {
      return (short) (sign | HALF_INFINITY | 0x200 | magnitude >>> DROPPED_BITS & 0x3ff);
    }
    int exponent = (magnitude >>> FLOAT_MANTISSA_BITS) - FLOAT_BIAS;
    if (exponent > HALF_BIAS) {
      return (short) (sign | HALF_INFINITY);
    }
    if (exponent < 1 - HALF_BIAS) {
      return (short) (sign | roundToSubnormal(magnitude, exponent));
    }
    int rebased = magnitude - (FLOAT_BIAS - HALF_BIAS << FLOAT_MANTISSA_BITS);
    return (short) (sign | shiftRoundingToEven(rebased, DROPPED_BITS));
  }

  private static int roundToSubnormal(int magnitude, int exponent) {
    // Below half of the smallest subnormal everything rounds to zero; the shift would leave its range too.
    if (exponent < -25) {
      return 0;
    }
    int mantissa = magnitude & 0x7f_ffff | 0x80_0000;
    return shiftRoundingToEven(mantissa, DROPPED_BITS + (1 - HALF_BIAS) - exponent);
  }

  /** The float equal to the bfloat16 number with these bits. */
  public static float bfloat16ToFloat(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }

  /** The bits of the bfloat16 number nearest to {@code value}. */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fff_ffff) > FLOAT_EXPONENT) {
      return (short) (bits >>> 16 | 0x40);
    }
    int sign = bits >>> 16 & 0x8000;
    return (short) (sign | shiftRoundingToEven(bits & 0x7fff_ffff, 16));
  }

  /** Drops the lowest bits; a carry out of the mantissa raises the exponent, which is the right result. */
  private static int shiftRoundingToEven(int bits, int dropped) {
    int kept = bits >>> dropped;
    int remainder = bits & (1 << dropped) - 1;
    int half = 1 << dropped - 1;
    boolean up = remainder > half || remainder == half && (kept & 1) == 1;
    return up ? kept + 1 : kept;
  }
}
