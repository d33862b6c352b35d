package dev.kasane.core.safetensors;

/** The float values of the two 8-bit float formats of the OCP FP8 specification. Reading only. */
final class Float8 {
  private static final int E4M3_NAN = 0x7f;

  private Float8() {}

  /** 1 sign, 5 exponent and 2 mantissa bits: the upper byte of a binary16 number. */
  static float e5m2ToFloat(byte bits) {
    return HalfPrecision.halfToFloat((short) (bits << 8));
  }

  /** 1 sign, 4 exponent (bias 7) and 3 mantissa bits, no infinities, NaN where all but the sign are set. */
  static float e4m3ToFloat(byte bits) {
    int magnitude = bits & 0x7f;
    if (magnitude == E4M3_NAN) {
      return Float.NaN;
    }
    int exponent = magnitude >>> 3;
    int mantissa = magnitude & 7;
    float value = exponent == 0 ? mantissa * 0x1p-9f : Math.scalb(8f + mantissa, exponent - 10);
    return bits < 0 ? -value : value;
  }
}
