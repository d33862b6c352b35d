package dev.kasane.bench.quant;

import java.util.List;

/**
 * How much is measured; the peer has the same two scales.
 *
 * @param outputs rows of the weights
 * @param inputs columns of the weights
 * @param copied bytes of the copy that everything is compared with
 * @param copiesAhead how many of these run ahead of a round
 * @param beyondAnyCache bytes of weights that launches take in turn
 * @param launches of a round, no more than a driver queues without waiting
 * @param tensors of an optimiser step
 * @param tensorSize numbers of each
 */
record KernelScale(List<Integer> outputs, int inputs, long copied, int copiesAhead, long beyondAnyCache, int launches,
    int tensors, int tensorSize) {
  /** What is measured on a GPU; the optimiser's tensors are a LoRA of rank 16 on 112 layers of width 4096. */
  static final KernelScale FULL =
      new KernelScale(List.of(4096, 11008), 4096, 1L << 30, 16, 512L << 20, 256, 224, 4096 * 16);
  /** Enough that every line of the program runs. */
  static final KernelScale DRY = new KernelScale(List.of(64, 128), 256, 1L << 16, 1, 1L << 14, 2, 3, 4096);
}
