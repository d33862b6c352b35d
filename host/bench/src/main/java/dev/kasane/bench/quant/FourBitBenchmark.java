package dev.kasane.bench.quant;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.parallel.Workers;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.cpu.FourBitDecoding;
import dev.kasane.quant.cpu.FusedProduct;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.PlainScales;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A weight of 4096×4096 in NF4, block 64: decoding into memory that is there already, and a product with one
 * vector, fused against decoding and libtorch's product.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FourBitBenchmark {
  private static final int WIDTH = 4096;
  private static final int VALUES = WIDTH * WIDTH;

  /** How many threads decode. */
  @Param("1")
  public int threads;

  private NDManager scope;
  private FourBitBlocks blocks;
  private FourBitWeight weight;
  private NDArray dense;
  private NDArray x;
  private ByteBuffer out;

  /** Makes random codes and scales. */
  @Setup
  public void prepare() {
    Workers.threads(threads);
    scope = Engines.newManager();
    Random random = new Random(1);
    byte[] bytes = new byte[VALUES / 2];
    random.nextBytes(bytes);
    float[] scales = new float[VALUES / 64];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 0.01f + 0.1f * random.nextFloat();
    }
    NDArray codes = scope.zeros(new Shape(VALUES / 2, 1), DataType.UINT8);
    TorchBridge.memory(codes).put(bytes);
    blocks = new FourBitBlocks(FourBitType.NF4, VALUES, 64, TorchBridge.memory(codes), new PlainScales(scales));
    weight = new FourBitWeight(new Shape(WIDTH, WIDTH), DataType.FLOAT32, codes, blocks);
    dense = scope.zeros(new Shape(WIDTH, WIDTH), DataType.FLOAT32);
    out = TorchBridge.memory(dense);
    x = scope.randomNormal(0f, 1f, new Shape(1, WIDTH), DataType.FLOAT32);
  }

  /** Ends the engine's memory. */
  @TearDown
  public void close() {
    scope.close();
  }

  /** The decoder that scales sixteen values a block. */
  @Benchmark
  public void decodeTable() {
    FourBitDecoding.decodeWith("table", blocks, DataType.FLOAT32, out);
  }

  /** The decoder that looks up two values at once. */
  @Benchmark
  public void decodePairTable() {
    FourBitDecoding.decodeWith("pair table", blocks, DataType.FLOAT32, out);
  }

  /** What the self-check chose; with the Vector API where Java was started with it. */
  @Benchmark
  public void decodeChosen() {
    FourBitDecoding.decode(blocks, DataType.FLOAT32, out);
  }

  /** What the self-check chose, to bfloat16. */
  @Benchmark
  public void decodeChosenBfloat16() {
    FourBitDecoding.decode(blocks, DataType.BFLOAT16, out);
  }

  /** One vector, no decoded copy. */
  @Benchmark
  public float[] productFused() {
    return FusedProduct.multiply(blocks, x.toFloatArray(), 1, WIDTH);
  }

  /** One vector: decode into scratch, then libtorch. */
  @Benchmark
  public void productDecoded() {
    FourBitDecoding.decode(blocks, DataType.FLOAT32, out);
    try (GradMode off = GradMode.off()) {
      OPS.linear(x, dense).close();
    }
  }

  /** One vector through the layer's own seam. */
  @Benchmark
  public void productOfALayer() {
    try (GradMode off = GradMode.off()) {
      weight.linear(x, null).close();
    }
  }
}
