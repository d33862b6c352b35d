package dev.kasane.quant.cuda;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.Int8Rows;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.quant.format.PlainScales;
import dev.kasane.quant.format.StoredFloats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Runs every kernel on this machine's GPU on small inputs and compares with the CPU path or with sums in float64.
 */
public final class KernelSelfTest {
  private static final int OUTPUTS = 200;
  private static final int INPUTS = 512;
  private static final int BLOCK_SIZE = 64;
  private static final int COUNT = OUTPUTS * INPUTS;
  private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16);
  /** Shares of the values that may lie one code off: a GPU may round a product to the other side of a border. */
  private static final double CODES_OFF = 1e-5;
  private static final double ADAM_ERROR = 1e-5;

  private final QuantKernels kernels;
  private final DeviceMemory memory;
  private final float[] weights = values(COUNT, 0.02);
  private final List<Result> results = new ArrayList<>();

  /**
   * What came out for one kernel.
   *
   * @param kernel its name
   * @param error how far it is from the reference
   * @param allowed how far it may be
   */
  public record Result(String kernel, double error, double allowed) {
    /** Whether the kernel is right. */
    public boolean passed() {
      return error <= allowed;
    }
  }

  /** Tests kernels in the memory that they work in. */
  public KernelSelfTest(QuantKernels kernels, DeviceMemory memory) {
    this.kernels = kernels;
    this.memory = memory;
  }

  /**
   * Runs all.
   *
   * @param products whether the device can run the fused products
   */
  public List<Result> run(boolean products) {
    for (FourBitType codes : FourBitType.values()) {
      for (DataType type : TYPES) {
        fourBit(codes, type);
        if (products && type != DataType.FLOAT32) {
          product(codes, type, 3, false);
          product(codes, type, QuantKernels.MOST_ROWS, false);
          product(codes, type, 5, true);
        }
      }
    }
    for (DataType type : TYPES) {
      dynamic(type);
      rows(type);
    }
    adam();
    return List.copyOf(results);
  }

  private void fourBit(FourBitType codes, DataType type) {
    try (Workspace space = new Workspace(memory)) {
      float[] rounded = space.floats(space.put(weights, type), COUNT, type);
      FourBitBlocks expected = quantised(codes, rounded);
      float[] scales = ((PlainScales) expected.scales()).values();
      long packed = space.room(COUNT / 2);
      long absmax = space.room(scales.length * (long) Float.BYTES);
      kernels.quantise(codes, type, space.put(weights, type), packed, absmax, COUNT, BLOCK_SIZE);
      byte[] got = space.bytes(packed, COUNT / 2);
      int off = 0;
      for (int i = 0; i < COUNT; i++) {
        int code = (got[i / 2] & 0xff) >>> (i % 2 == 0 ? 4 : 0) & 15;
        off += codes.value(code) == codes.value(expected.code(i)) ? 0 : 1;
      }
      add("quantise", codes, type, off / (double) COUNT, CODES_OFF);
      NestedScales nested = NestedScales.of(scales, scales[0]);
      long out = space.room((long) COUNT * type.getNumOfBytes());
      kernels.dequantise(codes, type, new FourBitAddresses(space.put(expected.packed().array()),
          space.put(nested.absmax()), space.put(nested.codes()), space.put(nested.map()), nested.offset()), out, COUNT,
          BLOCK_SIZE);
      nested.read(0, scales, scales.length);
      float[] exact = new float[COUNT];
      for (int i = 0; i < COUNT; i++) {
        exact[i] = codes.value(expected.code(i)) * scales[i / BLOCK_SIZE];
      }
      float[] stored = space.floats(space.put(exact, type), COUNT, type);
      add("dequantise", codes, type, worst(space.floats(out, COUNT, type), stored), 0);
    }
  }

  /** x·Wᵀ, or transposed x·W. */
  private void product(FourBitType codes, DataType type, int rows, boolean transposed) {
    int from = transposed ? OUTPUTS : INPUTS;
    int to = transposed ? INPUTS : OUTPUTS;
    try (Workspace space = new Workspace(memory)) {
      FourBitBlocks blocks = quantised(codes, weights);
      float[] scales = ((PlainScales) blocks.scales()).values();
      long x = space.put(values(rows * from, 0.5), type);
      float[] rounded = space.floats(x, rows * from, type);
      long y = space.room((long) rows * to * Short.BYTES);
      if (transposed) {
        kernels.multiplyTransposed(codes, type, addresses(space, blocks), x, y, rows, OUTPUTS, INPUTS, BLOCK_SIZE);
      } else {
        kernels.multiply(codes, type, addresses(space, blocks), x, y, rows, OUTPUTS, INPUTS, BLOCK_SIZE);
      }
      double[] exact = new double[rows * to];
      for (int i = 0; i < exact.length; i++) {
        for (int k = 0; k < from; k++) {
          int index = transposed ? k * INPUTS + i % to : i % to * INPUTS + k;
          exact[i] += (double) rounded[i / to * from + k] * codes.value(blocks.code(index))
              * scales[index / BLOCK_SIZE];
        }
      }
      add("multiply " + (transposed ? "transposed" : rows + " rows"), codes, type,
          relative(space.floats(y, exact.length, type), exact), productError(type));
    }
  }

  private void dynamic(DataType type) {
    try (Workspace space = new Workspace(memory)) {
      float[] rounded = space.floats(space.put(weights, type), COUNT, type);
      long codes = space.room(COUNT);
      long absmax = space.room(COUNT / BLOCK_SIZE * (long) Float.BYTES);
      long map = space.put(DynamicMap.SIGNED.values());
      kernels.quantiseDynamic(type, space.put(weights, type), codes, absmax, COUNT, BLOCK_SIZE, map);
      byte[] got = space.bytes(codes, COUNT);
      float[] scales = space.floats(absmax, COUNT / BLOCK_SIZE, DataType.FLOAT32);
      float[] expected = ((PlainScales) quantised(FourBitType.NF4, rounded).scales()).values();
      int off = Arrays.equals(scales, expected) ? 0 : COUNT;
      float[] exact = new float[COUNT];
      for (int i = 0; i < COUNT; i++) {
        off += (got[i] & 0xff) == DynamicMap.SIGNED.nearest(rounded[i] * (1 / scales[i / BLOCK_SIZE])) ? 0 : 1;
        exact[i] = DynamicMap.SIGNED.value(got[i] & 0xff) * scales[i / BLOCK_SIZE];
      }
      add("quantise dynamic", type, off / (double) COUNT, CODES_OFF);
      long out = space.room((long) COUNT * type.getNumOfBytes());
      kernels.dequantiseDynamic(type, codes, absmax, map, out, COUNT, BLOCK_SIZE);
      float[] stored = space.floats(space.put(exact, type), COUNT, type);
      add("dequantise dynamic", type, worst(space.floats(out, COUNT, type), stored), 0);
    }
  }

  private void rows(DataType type) {
    try (Workspace space = new Workspace(memory)) {
      float[] rounded = space.floats(space.put(weights, type), COUNT, type);
      Int8Rows expected = Int8Rows.quantise(StoredFloats.of(rounded), OUTPUTS, ByteBuffer.allocate(COUNT));
      long codes = space.room(COUNT);
      long absmax = space.room(OUTPUTS * (long) Float.BYTES);
      kernels.quantiseRows(type, space.put(weights, type), codes, absmax, OUTPUTS, INPUTS);
      byte[] got = space.bytes(codes, COUNT);
      int off = 0;
      float[] exact = new float[COUNT];
      for (int i = 0; i < COUNT; i++) {
        off += got[i] == expected.codes().get(i) ? 0 : 1;
        exact[i] = expected.value(i / INPUTS, i % INPUTS);
      }
      add("quantise rows", type, off / (double) COUNT, CODES_OFF);
      long out = space.room((long) COUNT * type.getNumOfBytes());
      kernels.dequantiseRows(type, space.put(expected.codes().array()), space.put(expected.scales()), out, OUTPUTS,
          INPUTS);
      float[] stored = space.floats(space.put(exact, type), COUNT, type);
      add("dequantise rows", type, worst(space.floats(out, COUNT, type), stored), 0);
    }
  }

  /** A first step moves every parameter by the learning rate, whatever its gradient. */
  private void adam() {
    double rate = 0.01;
    int count = 1000;
    AdamRates rates = AdamRates.of(1, rate, 0.9, 0.999, 0, 0, 1);
    for (boolean small : new boolean[] {true, false}) {
      try (Workspace space = new Workspace(memory)) {
        float[] start = values(count, 1);
        float[] gradients = values(count, 1);
        long parameters = space.put(start);
        byte[] none = new byte[count * (small ? 1 : Float.BYTES)];
        float[] scales = new float[(count + OptimizerTable.BLOCK - 1) / OptimizerTable.BLOCK];
        long[] row = {parameters, space.put(gradients), space.put(none), space.put(none), space.put(scales),
            space.put(scales), count};
        OptimizerTable table = new OptimizerTable(space.put(row), space.put(new long[] {0}), 1, scales.length);
        if (small) {
          kernels.adamw8(table, space.put(DynamicMap.SIGNED.values()), space.put(DynamicMap.UNSIGNED.values()), rates);
        } else {
          kernels.adamw32(table, rates);
        }
        float[] exact = new float[count];
        for (int i = 0; i < count; i++) {
          exact[i] = start[i] - (float) rate * Math.signum(gradients[i]);
        }
        results.add(new Result(small ? "adamw 8 bit" : "adamw 32 bit",
            worst(space.floats(parameters, count, DataType.FLOAT32), exact), ADAM_ERROR));
      }
    }
  }

  private static FourBitAddresses addresses(Workspace space, FourBitBlocks blocks) {
    return FourBitAddresses.plain(
        space.put(blocks.packed().array()), space.put(((PlainScales) blocks.scales()).values()));
  }

  private static FourBitBlocks quantised(FourBitType codes, float[] values) {
    return FourBitBlocks.quantise(
        StoredFloats.of(values), codes, BLOCK_SIZE, ByteBuffer.allocate(FourBitBlocks.bytes(values.length)));
  }

  private static double productError(DataType type) {
    return type == DataType.BFLOAT16 ? 0x1p-7 : 0x1p-10;
  }

  private static double worst(float[] got, float[] expected) {
    double worst = 0;
    for (int i = 0; i < got.length; i++) {
      worst = Math.max(worst, Float.isNaN(got[i]) ? Double.POSITIVE_INFINITY : Math.abs(got[i] - expected[i]));
    }
    return worst;
  }

  private static double relative(float[] got, double[] exact) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < got.length; i++) {
      error = Math.max(error, Float.isNaN(got[i]) ? Double.POSITIVE_INFINITY : Math.abs(got[i] - exact[i]));
      size = Math.max(size, Math.abs(exact[i]));
    }
    return error / size;
  }

  private void add(String kernel, FourBitType codes, DataType type, double error, double allowed) {
    add(kernel + " " + codes.id(), type, error, allowed);
  }

  private void add(String kernel, DataType type, double error, double allowed) {
    results.add(new Result(kernel + " " + type.name().toLowerCase(Locale.ROOT), error, allowed));
  }

  private static float[] values(int count, double scale) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }
}
