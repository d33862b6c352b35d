package dev.kasane.bench.quant;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.cuda.AdamRates;
import dev.kasane.quant.cuda.CudaLauncher;
import dev.kasane.quant.cuda.OptimizerTable;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.format.DynamicMap;
import java.util.function.Consumer;

/** Times one step of 8-bit AdamW over the factors of a LoRA of rank 16 on 112 layers of width 4096. */
final class OptimizerKernels {
  static final int TENSORS = 224;
  static final int COUNT = 4096 * 16;
  private static final int LAUNCHES = 32;

  private OptimizerKernels() {}

  static void run(CudaLauncher gpu, GpuClock clock, Consumer<KernelTiming> told) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      int blocks = COUNT / OptimizerTable.BLOCK;
      long[] rows = new long[TENSORS * OptimizerTable.FIELDS];
      long[] firstBlocks = new long[TENSORS];
      for (int tensor = 0; tensor < TENSORS; tensor++) {
        long[] row = {arrays.numbers(COUNT, DataType.FLOAT32), arrays.numbers(COUNT, DataType.FLOAT32),
            arrays.zeros(COUNT), arrays.zeros(COUNT), arrays.zeros((long) blocks * Float.BYTES),
            arrays.zeros((long) blocks * Float.BYTES), COUNT};
        System.arraycopy(row, 0, rows, tensor * OptimizerTable.FIELDS, row.length);
        firstBlocks[tensor] = (long) tensor * blocks;
      }
      OptimizerTable table =
          new OptimizerTable(arrays.put(rows), arrays.put(firstBlocks), TENSORS, (long) TENSORS * blocks);
      long signed = arrays.put(DynamicMap.SIGNED.values());
      long unsigned = arrays.put(DynamicMap.UNSIGNED.values());
      double seconds = clock.seconds(LAUNCHES, step -> new QuantKernels(gpu).adamw8(
          table, signed, unsigned, AdamRates.of(step + 1L, 1e-4, 0.9, 0.999, 1e-8, 0.01, 1)));
      // Parameters are read and written, gradients read, both moments and their scales read and written.
      long bytes = (long) TENSORS * (COUNT * (3L * Float.BYTES + 4) + 4L * blocks * Float.BYTES);
      told.accept(new KernelTiming("java", "adamw 8 bit", "float32", TENSORS, COUNT, 0, false, seconds * 1e6, bytes,
          bytes / seconds / clock.copyBytesASecond()));
    }
  }
}
