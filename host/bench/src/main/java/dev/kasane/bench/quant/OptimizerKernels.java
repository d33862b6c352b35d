package dev.kasane.bench.quant;

import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.cuda.AdamRates;
import dev.kasane.quant.cuda.Accelerator;
import dev.kasane.quant.cuda.OptimizerTable;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.format.DynamicMap;
import java.util.function.Consumer;

/** Times one step of 8-bit AdamW over the factors of a LoRA of rank 16 on 112 layers of width 4096. */
final class OptimizerKernels {
  private OptimizerKernels() {}

  static void run(Accelerator gpu, GpuClock clock, KernelScale scale, Consumer<KernelTiming> told) {
    try (DeviceArrays arrays = new DeviceArrays(gpu)) {
      int tensors = scale.tensors();
      int count = scale.tensorSize();
      int blocks = count / OptimizerTable.BLOCK;
      long[] rows = new long[tensors * OptimizerTable.FIELDS];
      long[] firstBlocks = new long[tensors];
      for (int tensor = 0; tensor < tensors; tensor++) {
        long[] row = {arrays.numbers(count, DataType.FLOAT32), arrays.numbers(count, DataType.FLOAT32),
            arrays.zeros(count), arrays.zeros(count), arrays.zeros((long) blocks * Float.BYTES),
            arrays.zeros((long) blocks * Float.BYTES), count};
        System.arraycopy(row, 0, rows, tensor * OptimizerTable.FIELDS, row.length);
        firstBlocks[tensor] = (long) tensor * blocks;
      }
      OptimizerTable table =
          new OptimizerTable(arrays.put(rows), arrays.put(firstBlocks), tensors, (long) tensors * blocks);
      long signed = arrays.put(DynamicMap.SIGNED.values());
      long unsigned = arrays.put(DynamicMap.UNSIGNED.values());
      double seconds = clock.seconds(Math.min(32, scale.launches()), step -> new QuantKernels(gpu).adamw8(
          table, signed, unsigned, AdamRates.of(step + 1L, 1e-4, 0.9, 0.999, 1e-8, 0.01, 1)));
      // Parameters are read and written, gradients read, both moments and their scales read and written.
      long bytes = (long) tensors * (count * (3L * Float.BYTES + 4) + 4L * blocks * Float.BYTES);
      told.accept(new KernelTiming("java", "adamw 8 bit", "float32", tensors, count, 0, false, seconds * 1e6, bytes,
          bytes / seconds / clock.copyBytesASecond()));
    }
  }
}
