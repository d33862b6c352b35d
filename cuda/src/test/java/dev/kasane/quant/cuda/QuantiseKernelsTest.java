package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.Int8Rows;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.quant.format.PlainScales;
import dev.kasane.quant.format.StoredFloats;
import dev.kasane.quant.cuda.ShimLauncher.Order;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantising and dequantising kernels against the CPU path, whatever the order of threads. */
class QuantiseKernelsTest {
  static Stream<Arguments> cases() {
    return Stream.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16).flatMap(type ->
        Stream.of(Order.values()).flatMap(order -> Stream.of(
            Arguments.of(type, order, 64, 64), Arguments.of(type, order, 1001, 64), Arguments.of(type, order, 1, 64),
            Arguments.of(type, order, 5000, 4096), Arguments.of(type, order, 9216, 256))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fourBitCodesAreThoseOfTheCpu(DataType type, Order order, int count, int blockSize) {
    float[] values = values(count, type);
    for (FourBitType codes : FourBitType.values()) {
      Cells packed = Cells.bytes(FourBitBlocks.bytes(count));
      Cells absmax = Cells.bytes(Float.BYTES * BlockSize.blocks(count, blockSize));
      kernels(order).quantise(codes, type, Cells.of(values, type).address(), packed.address(), absmax.address(),
          count, blockSize);
      FourBitBlocks expected = expected(values, codes, blockSize);
      assertThat(absmax.readFloats()).isEqualTo(((PlainScales) expected.scales()).values());
      byte[] got = packed.readBytes();
      for (int i = 0; i < count; i++) {
        int code = (got[i / 2] & 0xff) >>> (i % 2 == 0 ? 4 : 0) & 15;
        // FP4 has two zeros: only the value counts.
        assertThat(codes.value(code)).as("value %d", i).isEqualTo(codes.value(expected.code(i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fourBitCodesDecodeToTheRoundedProduct(DataType type, Order order, int count, int blockSize) {
    for (FourBitType codes : FourBitType.values()) {
      FourBitBlocks blocks = expected(values(count, DataType.FLOAT32), codes, blockSize);
      float[] scales = ((PlainScales) blocks.scales()).values();
      Cells out = Cells.bytes(count * type.getNumOfBytes());
      Cells packed = packed(blocks);
      kernels(order).dequantise(codes, type, FourBitAddresses.plain(packed.address(), Cells.of(scales).address()),
          out.address(), count, blockSize);
      float[] got = out.readFloats(type);
      for (int i = 0; i < count; i++) {
        assertThat(got[i]).isEqualTo(Cells.rounded(codes.value(blocks.code(i)) * scales[i / blockSize], type));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void nestedScalesAreRestoredOnTheWay(Order order) {
    int count = 64 * 300 + 5;
    FourBitBlocks blocks = expected(values(count, DataType.FLOAT32), FourBitType.NF4, 64);
    float[] scales = ((PlainScales) blocks.scales()).values();
    NestedScales nested = NestedScales.of(scales, mean(scales));
    Cells out = Cells.bytes(count * Float.BYTES);
    Cells packed = packed(blocks);
    Cells absmax = Cells.of(nested.absmax());
    Cells codes = Cells.of(nested.codes());
    Cells map = Cells.of(nested.map());
    kernels(order).dequantise(FourBitType.NF4, DataType.FLOAT32, new FourBitAddresses(packed.address(),
        absmax.address(), codes.address(), map.address(), nested.offset()), out.address(), count, 64);
    float[] restored = new float[scales.length];
    nested.read(0, restored, restored.length);
    float[] got = out.readFloats();
    for (int i = 0; i < count; i++) {
      assertThat(got[i]).isEqualTo(FourBitType.NF4.value(blocks.code(i)) * restored[i / 64]);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void eightBitCodesAreTheNearestOfTheMap(DataType type, Order order, int count, int blockSize) {
    float[] values = values(count, type);
    for (DynamicMap map : new DynamicMap[] {DynamicMap.SIGNED, DynamicMap.UNSIGNED}) {
      float[] from = map == DynamicMap.SIGNED ? values : absolute(values);
      Cells codes = Cells.bytes(count);
      Cells absmax = Cells.bytes(Float.BYTES * BlockSize.blocks(count, blockSize));
      Cells table = Cells.of(map.values());
      Cells out = Cells.bytes(count * type.getNumOfBytes());
      QuantKernels kernels = kernels(order);
      kernels.quantiseDynamic(type, Cells.of(from, type).address(), codes.address(), absmax.address(), count,
          blockSize, table.address());
      kernels.dequantiseDynamic(
          type, codes.address(), absmax.address(), table.address(), out.address(), count, blockSize);
      byte[] got = codes.readBytes();
      float[] decoded = out.readFloats(type);
      float[] scales = absmax.readFloats();
      for (int i = 0; i < count; i++) {
        float scale = scales[i / blockSize];
        assertThat(got[i] & 0xff).isEqualTo(map.nearest(scale == 0 ? 0 : from[i] * (1 / scale)));
        assertThat(decoded[i]).isEqualTo(Cells.rounded(map.value(got[i] & 0xff) * scale, type));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void rowsOfBytesAreThoseOfTheCpu(Order order) {
    int rows = 5;
    int columns = 333;
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16}) {
      float[] values = values(rows * columns, type);
      Arrays.fill(values, columns, 2 * columns, 0);
      Cells codes = Cells.bytes(rows * columns);
      Cells absmax = Cells.bytes(rows * Float.BYTES);
      Cells out = Cells.bytes(rows * columns * type.getNumOfBytes());
      QuantKernels kernels = kernels(order);
      kernels.quantiseRows(
          type, Cells.of(values, type).address(), codes.address(), absmax.address(), rows, columns);
      kernels.dequantiseRows(type, codes.address(), absmax.address(), out.address(), rows, columns);
      Int8Rows expected = Int8Rows.quantise(StoredFloats.of(values), rows, ByteBuffer.allocate(rows * columns));
      assertThat(absmax.readFloats()).isEqualTo(expected.scales());
      assertThat(codes.readBytes()).isEqualTo(expected.codes().array());
      float[] decoded = out.readFloats(type);
      for (int i = 0; i < decoded.length; i++) {
        assertThat(decoded[i]).isEqualTo(Cells.rounded(expected.value(i / columns, i % columns), type));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void whatIsNotFiniteStaysInItsBlock(Order order) {
    float[] values = values(640, DataType.FLOAT32);
    float[] sick = values.clone();
    sick[130] = Float.NaN;
    sick[300] = Float.POSITIVE_INFINITY;
    byte[] healthy = quantise(order, values);
    byte[] got = quantise(order, sick);
    for (int i = 0; i < healthy.length; i++) {
      int block = i / 32;
      if (block != 130 / 64 && block != 300 / 64) {
        assertThat(got[i]).as("byte %d", i).isEqualTo(healthy[i]);
      }
    }
  }

  private static byte[] quantise(Order order, float[] values) {
    Cells packed = Cells.bytes(values.length / 2);
    Cells absmax = Cells.bytes(Float.BYTES * values.length / 64);
    kernels(order).quantise(FourBitType.NF4, DataType.FLOAT32, Cells.of(values).address(), packed.address(),
        absmax.address(), values.length, 64);
    return packed.readBytes();
  }

  private static QuantKernels kernels(Order order) {
    return new QuantKernels(new ShimLauncher(order));
  }

  private static FourBitBlocks expected(float[] values, FourBitType type, int blockSize) {
    return FourBitBlocks.quantise(
        StoredFloats.of(values), type, blockSize, ByteBuffer.allocate(FourBitBlocks.bytes(values.length)));
  }

  private static Cells packed(FourBitBlocks blocks) {
    return Cells.of(blocks.packed().array());
  }

  private static float mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return (float) (sum / values.length);
  }

  private static float[] absolute(float[] values) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.abs(result[i]);
    }
    return result;
  }

  /** Normal values of a type, some blocks of zeros, some very large and very small. */
  private static float[] values(int count, DataType type) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int block = i / 64;
      double scale = block % 7 == 3 ? 0 : block % 7 == 4 ? 1000 : block % 7 == 5 ? 1e-4 : 0.05;
      values[i] = Cells.rounded((float) (random.nextGaussian() * scale), type);
    }
    return values;
  }
}
