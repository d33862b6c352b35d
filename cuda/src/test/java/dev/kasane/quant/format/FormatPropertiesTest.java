package dev.kasane.quant.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.quant.SeededInputs;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bounds that hold for any numbers. */
class FormatPropertiesTest {
  @Property(tries = 300)
  void codesAreTheNearest(@ForAll @Size(min = 1, max = 300) float[] values, @ForAll FourBitType type) {
    FourBitBlocks blocks = FourBitBlocks.quantise(
        StoredFloats.of(values), type, 64, ByteBuffer.allocate(FourBitBlocks.bytes(values.length)));
    float[] scales = blocks.scales().all();
    for (int i = 0; i < values.length; i++) {
      double scale = scales[i / 64];
      double error = Math.abs(type.value(blocks.code(i)) * scale - values[i]);
      for (int code = 0; code < 16; code++) {
        assertThat(error).isLessThanOrEqualTo(Math.abs(type.value(code) * scale - values[i]) + 1e-6 * scale);
      }
    }
  }

  @Property(tries = 200)
  void eightBitCodesAreWithinABinOfTheNearest(@ForAll @FloatRange(min = -1, max = 1) float value) {
    DynamicMap map = DynamicMap.SIGNED;
    double best = Math.abs(map.value(map.nearest(value)) - value);
    for (int code = 0; code < 256; code++) {
      assertThat(best).isLessThanOrEqualTo(Math.abs(map.value(code) - value) + 1e-7);
    }
    assertThat(Math.abs(map.value(map.binned(value)) - value)).isLessThanOrEqualTo((float) (best + 3.1e-5));
  }

  @Property(tries = 100)
  void rowsAreWithinHalfAStep(@ForAll @IntRange(min = 1, max = 9) int rows, @ForAll @IntRange(min = 1, max = 70)
      int columns, @ForAll long seed) {
    float[] values = SeededInputs.values(Math.abs(seed % 1000), rows * columns);
    Int8Rows quantised = Int8Rows.quantise(StoredFloats.of(values), rows, ByteBuffer.allocate(values.length));
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      assertThat(Math.abs(quantised.value(row, i % columns) - values[i]))
          .isLessThanOrEqualTo(quantised.scales()[row] * 0.5001f / 127);
    }
  }

  @Property(tries = 100)
  void oneBadNumberAnywhereIsFound(@ForAll @IntRange(min = 0, max = 999) int at) {
    float[] values = new float[1000];
    values[at] = Float.NaN;
    assertThatThrownBy(() -> FourBitBlocks.quantise(StoredFloats.of(values), FourBitType.NF4, 64,
        ByteBuffer.allocate(500))).isInstanceOf(UserException.class).hasMessageContaining("Number " + at + " is NaN");
    assertThatThrownBy(() -> Int8Rows.quantise(StoredFloats.of(values), 10, ByteBuffer.allocate(1000)))
        .isInstanceOf(UserException.class).hasMessageContaining("Number " + at + " is NaN");
  }

  @Property(tries = 100)
  void extremesStayFinite(@ForAll @IntRange(min = -148, max = 127) int exponent) {
    float largest = Math.scalb(1f, exponent);
    float[] values = new float[128];
    values[3] = largest;
    values[70] = -largest;
    FourBitBlocks blocks = FourBitBlocks.quantise(
        StoredFloats.of(values), FourBitType.NF4, 64, ByteBuffer.allocate(64));
    assertThat(blocks.scales().all()).containsExactly(largest, largest);
    if (largest >= 1e-38f) {
      assertThat(FourBitType.NF4.value(blocks.code(3))).isEqualTo(1f);
      assertThat(FourBitType.NF4.value(blocks.code(70))).isEqualTo(-1f);
    }
    assertThat(FourBitType.NF4.value(blocks.code(4))).isZero();
  }
}
