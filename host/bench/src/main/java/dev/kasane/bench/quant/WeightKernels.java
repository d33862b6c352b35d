package dev.kasane.bench.quant;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.cuda.Accelerator;
import dev.kasane.quant.cuda.FourBitAddresses;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.format.FourBitType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Times the kernels that read or write one NF4 weight of block size 64. Each launch takes another copy of it, so
 * that the weight comes from the GPU's memory and not from its cache.
 */
final class WeightKernels {
  private static final int BLOCK_SIZE = 64;
  private static final int SCALES_A_SCALE = 256;
  private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16);

  private final Accelerator gpu;
  private final QuantKernels kernels;
  private final GpuClock clock;
  private final KernelScale scale;
  private final Consumer<KernelTiming> told;
  private final int outputs;
  private final int inputs;

  /**
   * @param outputs rows of the weight
   * @param inputs columns of the weight
   * @param told takes every timing
   */
  WeightKernels(
      Accelerator gpu, GpuClock clock, KernelScale scale, int outputs, int inputs, Consumer<KernelTiming> told) {
    this.gpu = gpu;
    this.kernels = new QuantKernels(gpu);
    this.clock = clock;
    this.scale = scale;
    this.outputs = outputs;
    this.inputs = inputs;
    this.told = told;
  }

  /**
   * Times all.
   *
   * @param products whether the GPU can run the fused products
   */
  void run(boolean products) {
    for (DataType type : TYPES) {
      quantise(type);
    }
    for (boolean nested : new boolean[] {false, true}) {
      try (DeviceArrays arrays = new DeviceArrays(gpu)) {
        List<FourBitAddresses> weights = weights(arrays, nested);
        for (DataType type : TYPES) {
          dequantise(weights, type, nested);
          if (products && type != DataType.FLOAT32) {
            for (int rows : new int[] {1, 4, 8, 16, 32}) {
              multiply(weights, type, rows, nested);
            }
            for (int rows : new int[] {1, 4, 32}) {
              multiplyTransposed(weights, type, rows, nested);
            }
          }
        }
      }
    }
  }

  private long count() {
    return (long) outputs * inputs;
  }

  private int copies() {
    return (int) (scale.beyondAnyCache() / (count() / 2) + 1);
  }

  private long storedBytes(boolean nested) {
    long scales = count() / BLOCK_SIZE;
    return count() / 2 + (nested ? scales + scales / SCALES_A_SCALE * Float.BYTES : scales * Float.BYTES);
  }

  private List<FourBitAddresses> weights(DeviceArrays arrays, boolean nested) {
    long scales = count() / BLOCK_SIZE;
    long map = arrays.put(DynamicMap.SIGNED.values());
    List<FourBitAddresses> weights = new ArrayList<>();
    for (int i = 0; i < copies(); i++) {
      long packed = arrays.codes(count() / 2);
      weights.add(nested
          ? new FourBitAddresses(packed, arrays.scales(scales / SCALES_A_SCALE), arrays.codes(scales), map, 0.2f)
          : FourBitAddresses.plain(packed, arrays.scales(scales)));
    }
    return weights;
  }

  private void quantise(DataType type) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      int sources = (int) (scale.beyondAnyCache() / (count() * type.getNumOfBytes()) + 1);
      long[] values = new long[sources];
      values[0] = arrays.numbers(count(), type);
      for (int i = 1; i < sources; i++) {
        values[i] = arrays.room(count() * type.getNumOfBytes());
        gpu.copy(values[0], values[i], count() * type.getNumOfBytes());
      }
      long packed = arrays.room(count() / 2);
      long absmax = arrays.room(count() / BLOCK_SIZE * Float.BYTES);
      time("quantise", type, 0, false, storedBytes(false) + count() * type.getNumOfBytes(), i ->
          kernels.quantise(FourBitType.NF4, type, values[i % sources], packed, absmax, count(), BLOCK_SIZE));
    }
  }

  private void dequantise(List<FourBitAddresses> weights, DataType type, boolean nested) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      long bytes = count() * type.getNumOfBytes();
      long[] out = new long[(int) (scale.beyondAnyCache() / bytes + 1)];
      for (int i = 0; i < out.length; i++) {
        out[i] = arrays.room(bytes);
      }
      time("dequantise", type, 0, nested, storedBytes(nested) + bytes, i -> kernels.dequantise(FourBitType.NF4, type,
          weights.get(i % weights.size()), out[i % out.length], count(), BLOCK_SIZE));
    }
  }

  private void multiply(List<FourBitAddresses> weights, DataType type, int rows, boolean nested) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      long x = arrays.numbers((long) rows * inputs, type);
      long y = arrays.room((long) rows * outputs * type.getNumOfBytes());
      time("multiply", type, rows, nested, productBytes(type, rows, nested), i -> kernels.multiply(FourBitType.NF4,
          type, weights.get(i % weights.size()), x, y, rows, outputs, inputs, BLOCK_SIZE));
    }
  }

  private void multiplyTransposed(List<FourBitAddresses> weights, DataType type, int rows, boolean nested) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      long dy = arrays.numbers((long) rows * outputs, type);
      long dx = arrays.room((long) rows * inputs * type.getNumOfBytes());
      time("multiply transposed", type, rows, nested, productBytes(type, rows, nested), i ->
          kernels.multiplyTransposed(FourBitType.NF4, type, weights.get(i % weights.size()), dy, dx, rows, outputs,
              inputs, BLOCK_SIZE));
    }
  }

  private long productBytes(DataType type, int rows, boolean nested) {
    return storedBytes(nested) + (long) rows * (inputs + outputs) * type.getNumOfBytes();
  }

  private void time(String kernel, DataType type, int rows, boolean nested, long bytes, IntConsumer launch) {
    double seconds = clock.seconds(scale.launches(), launch);
    told.accept(new KernelTiming("java", kernel, type.name().toLowerCase(Locale.ROOT), outputs, inputs, rows, nested,
        seconds * 1e6, bytes, bytes / seconds / clock.copyBytesASecond()));
  }
}
