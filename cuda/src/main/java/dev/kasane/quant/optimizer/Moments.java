package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/** One moment of one parameter, read and written block by block. */
interface Moments {
  /** Reads a block's numbers. */
  void read(int block, float[] into, int length);

  /** Writes a block's numbers. */
  void write(int block, float[] values, int length);

  /** The live tensors, by the ends of their names. */
  Map<String, NDArray> tensors();
}
