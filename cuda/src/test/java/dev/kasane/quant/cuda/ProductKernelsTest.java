package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.quant.format.PlainScales;
import dev.kasane.quant.format.StoredFloats;
import dev.kasane.quant.cuda.ShimLauncher.Order;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with 4-bit weights against sums in float64 over the decoded weights. */
class ProductKernelsTest {
  private static final int OUTPUTS = 37;

  static Stream<Arguments> cases() {
    return Stream.of(DataType.FLOAT16, DataType.BFLOAT16).flatMap(type ->
        Stream.of(Order.values()).flatMap(order -> Stream.of(
            Arguments.of(type, order, 1, 192, 64), Arguments.of(type, order, 5, 640, 128),
            Arguments.of(type, order, 8, 64, 64), Arguments.of(type, order, 9, 192, 64),
            Arguments.of(type, order, 31, 256, 256))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsAreThoseOfTheDecodedWeights(DataType type, Order order, int rows, int inputs, int blockSize) {
    for (FourBitType codes : FourBitType.values()) {
      Weight weight = new Weight(codes, OUTPUTS, inputs, blockSize, false);
      float[] x = values(rows * inputs, type, 1);
      assertProduct(type, weight, x, run(new ShimLauncher(order), type, weight, x, rows), rows);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void transposedProductsAreThoseOfTheDecodedWeights(
      DataType type, Order order, int rows, int inputs, int blockSize) {
    for (FourBitType codes : FourBitType.values()) {
      Weight weight = new Weight(codes, OUTPUTS, inputs, blockSize, true);
      float[] dy = values(rows * OUTPUTS, type, 2);
      Cells out = Cells.bytes(rows * inputs * Short.BYTES);
      Cells in = Cells.of(dy, type);
      new QuantKernels(new ShimLauncher(order)).multiplyTransposed(codes, type, weight.addresses(), in.address(),
          out.address(), rows, OUTPUTS, inputs, blockSize);
      float[] got = out.readFloats(type);
      for (int i = 0; i < got.length; i++) {
        double sum = 0;
        for (int n = 0; n < OUTPUTS; n++) {
          sum += (double) dy[i / inputs * OUTPUTS + n] * weight.value(n, i % inputs);
        }
        assertThat((double) got[i]).isCloseTo(sum, within(tolerance(type)));
      }
    }
  }

  @Test
  void nestedScalesGiveTheSameProducts() {
    Weight weight = new Weight(FourBitType.NF4, OUTPUTS, 640, 64, true);
    float[] x = values(3 * 640, DataType.BFLOAT16, 3);
    assertProduct(DataType.BFLOAT16, weight, x,
        run(new ShimLauncher(Order.SHUFFLED), DataType.BFLOAT16, weight, x, 3), 3);
  }

  /** The order of threads is worth nothing as a test unless it brings a race to light. */
  @Test
  void aMissingBarrierShows(@TempDir Path folder) throws IOException {
    String source = KernelFile.PRODUCT.source();
    String broken = source.replaceFirst("(copy \\+ code\\) & \\(WARP - 1\\)\\)\\] = pair;\\s+)__syncthreads\\(\\);", "$1");
    assertThat(broken).isNotEqualTo(source);
    Weight weight = new Weight(FourBitType.NF4, OUTPUTS, 192, 64, false);
    float[] x = values(192, DataType.BFLOAT16, 4);
    float[] right = run(new ShimLauncher(Order.REVERSE), DataType.BFLOAT16, weight, x, 1);
    float[] wrong = run(new ShimLauncher(Order.FORWARD).with(KernelFile.PRODUCT, broken, folder), DataType.BFLOAT16,
        weight, x, 1);
    assertThat(wrong).isNotEqualTo(right);
  }

  private static float[] run(KernelLauncher launcher, DataType type, Weight weight, float[] x, int rows) {
    Cells in = Cells.of(x, type);
    Cells out = Cells.bytes(rows * OUTPUTS * Short.BYTES);
    new QuantKernels(launcher).multiply(weight.type, type, weight.addresses(), in.address(), out.address(), rows,
        OUTPUTS, weight.inputs, weight.blockSize);
    return out.readFloats(type);
  }

  private static void assertProduct(DataType type, Weight weight, float[] x, float[] got, int rows) {
    assertThat(got).hasSize(rows * OUTPUTS);
    for (int i = 0; i < got.length; i++) {
      double sum = 0;
      for (int k = 0; k < weight.inputs; k++) {
        sum += (double) x[i / OUTPUTS * weight.inputs + k] * weight.value(i % OUTPUTS, k);
      }
      assertThat((double) got[i]).as("row %d, output %d", i / OUTPUTS, i % OUTPUTS)
          .isCloseTo(sum, within(tolerance(type)));
    }
  }

  /** Results are below 2 in size; table and result are each rounded to 8 or 11 bits. */
  private static double tolerance(DataType type) {
    return type == DataType.BFLOAT16 ? 0x1p-7 : 0x1p-10;
  }

  private static float[] values(int count, DataType type, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Cells.rounded((float) random.nextGaussian() * 0.5f, type);
    }
    return values;
  }

  /** A weight in 4 bits and its memory. */
  private static final class Weight {
    private final FourBitType type;
    private final int inputs;
    private final int blockSize;
    private final FourBitBlocks blocks;
    private final float[] scales;
    private final Cells packed;
    private final Cells absmax;
    private final Cells codes;
    private final Cells map;
    private final float offset;

    Weight(FourBitType type, int outputs, int inputs, int blockSize, boolean nest) {
      this.type = type;
      this.inputs = inputs;
      this.blockSize = blockSize;
      Random random = new Random(inputs);
      float[] values = new float[outputs * inputs];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() * 0.02f;
      }
      this.blocks = FourBitBlocks.quantise(
          StoredFloats.of(values), type, blockSize, ByteBuffer.allocate(FourBitBlocks.bytes(values.length)));
      float[] plain = ((PlainScales) blocks.scales()).values();
      NestedScales nested = NestedScales.of(plain, 0.05f);
      this.scales = plain.clone();
      if (nest) {
        nested.read(0, scales, scales.length);
      }
      this.packed = Cells.of(blocks.packed().array());
      this.absmax = Cells.of(nest ? nested.absmax() : plain);
      this.codes = nest ? Cells.of(nested.codes()) : null;
      this.map = nest ? Cells.of(nested.map()) : null;
      this.offset = nested.offset();
    }

    FourBitAddresses addresses() {
      return codes == null ? FourBitAddresses.plain(packed.address(), absmax.address())
          : new FourBitAddresses(packed.address(), absmax.address(), codes.address(), map.address(), offset);
    }

    double value(int row, int column) {
      int index = row * inputs + column;
      return (double) type.value(blocks.code(index)) * scales[index / blockSize];
    }
  }
}
