package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;

/** One moment of one parameter. Its blocks are read and written here where its tensors are on the CPU. */
public interface Moments {
  /** Reads a block's numbers. */
  void read(int block, float[] into, int length);

  /** Writes a block's numbers. */
  void write(int block, float[] values, int length);

  /** The numbers: float32, or codes of 8 bits. */
  NDArray numbers();

  /** A float32 scale for each block of codes; empty for numbers that are float32. */
  Optional<NDArray> scales();

  /** The live tensors, by the ends of their names. */
  Map<String, NDArray> tensors();
}
