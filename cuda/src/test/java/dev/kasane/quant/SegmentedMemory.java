package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.Engines;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.PlainScales;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Prints by how many bytes a segmented and a plain training step on NF4 raise the peak of physical memory. */
final class SegmentedMemory {
  private static final int WIDTH = 1024;
  static final long DENSE_BYTES = 4L * WIDTH * WIDTH;

  private SegmentedMemory() {}

  public static void main(String[] arguments) throws IOException {
    try (NDManager scope = Engines.newManager()) {
      AdaptedChain chain = new AdaptedChain(WIDTH);
      chain.layers.forEach(layer -> layer.replaceWeight(random(scope)));
      chain.adapt(WIDTH, scope);
      NDArray x = scope.ones(new Shape(8, WIDTH), DataType.FLOAT32);
      chain.segmented(x, scope);
      long segmented = growth(() -> chain.segmented(x, scope));
      long plain = growth(() -> chain.plain(x, scope));
      System.out.println("growth " + segmented + " " + plain);
    }
  }

  private static FourBitWeight random(NDManager scope) {
    int count = WIDTH * WIDTH;
    NDArray codes = scope.zeros(new Shape(count / 2, 1), DataType.UINT8);
    float[] scales = new float[count / BlockSize.USUAL];
    Arrays.fill(scales, 0.01f);
    return new FourBitWeight(new Shape(WIDTH, WIDTH), DataType.FLOAT32, codes, new FourBitBlocks(FourBitType.NF4, count,
        BlockSize.USUAL, TorchBridge.memory(codes), new PlainScales(scales)));
  }

  /** Writing 5 there sets the peak back to what is held now. */
  private static long growth(Runnable work) throws IOException {
    System.gc();
    Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    long before = peak();
    work.run();
    return peak() - before;
  }

  private static long peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElseThrow();
  }
}
