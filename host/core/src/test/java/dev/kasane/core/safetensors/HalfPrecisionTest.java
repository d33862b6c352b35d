package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  private static final int ALL_HALVES = 1 << 16;

  private final Map<String, String> reference = Goldens.pairs("conversions.txt");

  /** The value of a binary16 number by its definition, in double arithmetic, which is exact here. */
  private static double definition(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    double magnitude = exponent == 0 ? Math.scalb((double) mantissa, -24)
        : Math.scalb(1024.0 + mantissa, exponent - 25);
    if (exponent == 0x1f) {
      magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    }
    return bits >= 0x8000 ? -magnitude : magnitude;
  }

  @Test
  void everyHalfHasTheValueOfItsDefinition() {
    for (int bits = 0; bits < ALL_HALVES; bits++) {
      assertThat((double) HalfPrecision.halfToFloat((short) bits)).as("half %04x", bits)
          .isEqualTo(Double.valueOf(definition(bits)));
    }
  }

  @Test
  void everyHalfAndBfloat16SurvivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < ALL_HALVES; bits++) {
      short half = (short) bits;
      short back = HalfPrecision.floatToHalf(HalfPrecision.halfToFloat(half));
      boolean quietened = (bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0;
      assertThat(back).as("half %04x", bits).isEqualTo(quietened ? (short) (bits | 0x200) : half);
      short backAgain = HalfPrecision.floatToBfloat16(HalfPrecision.bfloat16ToFloat(half));
      boolean nan = (bits & 0x7f80) == 0x7f80 && (bits & 0x7f) != 0;
      assertThat(backAgain).as("bfloat16 %04x", bits).isEqualTo(nan ? (short) (bits | 0x40) : half);
    }
  }

  @Test
  void allValuesAgreeWithTheReference() {
    for (DType dtype : new DType[] {DType.F16, DType.BF16, DType.F8_E4M3, DType.F8_E5M2}) {
      int count = 1 << 8 * dtype.byteSize();
      ByteBuffer stored = ByteBuffer.allocate(count * dtype.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
      for (int bits = 0; bits < count; bits++) {
        if (dtype.byteSize() == 1) {
          stored.put((byte) bits);
        } else {
          stored.putShort((short) bits);
        }
      }
      float[] values = TensorValues.toFloats(stored.flip(), dtype);
      ByteBuffer floats = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        floats.putFloat(Float.isNaN(value) ? 0 : value);
      }
      assertThat(Goldens.sha256(floats.array())).as(dtype.name()).isEqualTo(reference.get(dtype + "-to-F32"));
    }
  }

  @Test
  void aMillionFloatsRoundAsInTheReference() {
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      int count = 1 << 20;
      ByteBuffer halves = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
      for (long i = 0; i < count; i++) {
        float value = Float.intBitsToFloat((int) (i * 4099));
        short half = dtype == DType.F16
            ? HalfPrecision.floatToHalf(value) : HalfPrecision.floatToBfloat16(value);
        halves.putShort(Float.isNaN(value) ? 0 : half);
      }
      assertThat(Goldens.sha256(halves.array())).as(dtype.name()).isEqualTo(reference.get("F32-to-" + dtype));
    }
  }

  @Property(tries = 20_000)
  void aFloatRoundsToTheNearestHalfAndTiesGoToEven(@ForAll int bits) {
    float value = Float.intBitsToFloat(bits & 0x7fff_ffff);
    int half = HalfPrecision.floatToHalf(value);
    if (Float.isNaN(value)) {
      assertThat(definition(half)).isNaN();
      return;
    }
    double capped = Math.min(value, 65536);
    double distance = Math.abs(capped - roundable(half));
    for (int neighbour : new int[] {half - 1, half + 1}) {
      if (neighbour >= 0 && neighbour <= 0x7c00) {
        double other = Math.abs(capped - roundable(neighbour));
        assertThat(distance).isLessThanOrEqualTo(other);
        assertThat(distance == other && (half & 1) == 1).isFalse();
      }
    }
  }

  /** For rounding, infinity counts as the number after the largest finite one. */
  private static double roundable(int half) {
    return half == 0x7c00 ? 65536 : definition(half);
  }

  @Test
  void signsAreKept() {
    assertThat(HalfPrecision.floatToHalf(-0f)).isEqualTo((short) 0x8000);
    assertThat(HalfPrecision.floatToHalf(-1e-8f)).isEqualTo((short) 0x8000);
    assertThat(HalfPrecision.floatToHalf(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(HalfPrecision.floatToBfloat16(-Float.MAX_VALUE)).isEqualTo((short) 0xff80);
  }
}
