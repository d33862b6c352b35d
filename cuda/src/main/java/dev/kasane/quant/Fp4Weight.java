package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;

/** A weight in codes of {@link FourBitType#FP4}. */
public final class Fp4Weight extends FourBitWeight {
  Fp4Weight(Shape shape, DataType type, NDArray codes, FourBitBlocks blocks) {
    super(shape, type, codes, blocks);
  }
}
