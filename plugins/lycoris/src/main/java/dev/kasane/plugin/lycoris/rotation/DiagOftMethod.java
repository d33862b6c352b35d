package dev.kasane.plugin.lycoris.rotation;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Factorization;
import org.pf4j.Extension;

/** Diag-OFT: the rows of a weight are rotated block by block; kohya's OFT files are the same. */
@Extension
public final class DiagOftMethod extends RotationMethod {
  public DiagOftMethod() {
    super("diag-oft", "Rotates a layer's outputs in blocks (Diag-OFT), which keeps the angles inside a block.",
        new AdapterOption("rank", Type.INTEGER, "8",
            "Size of a block, LyCORIS's dim, or the nearest divisor of a layer's outputs below it; blocks are never"
                + " larger than the root of the outputs."),
        3, "more than one");
  }

  /** {@inheritDoc} A prime number of outputs has no blocks that can be turned. */
  @Override
  boolean splits(long outputs) {
    return Factorization.near(outputs, -1).first() > 1;
  }

  @Override
  long[] blocks(TargetLayer layer, int rank) {
    Factorization blocks = Factorization.near(layer.outputs(), rank);
    if (blocks.first() == 1) {
      throw new UserException("Layer " + layer.path() + " has " + layer.outputs() + " outputs, which rank " + rank
          + " splits into blocks of 1, and those cannot be turned. Choose a larger rank or exclude the layer.");
    }
    return new long[] {blocks.second(), blocks.first(), blocks.first()};
  }

  @Override
  void requireFit(TargetLayer layer, long[] blocks) {
    long turned = blocks[0] * blocks[1];
    if (turned != layer.outputs()) {
      throw new UserException("Layer " + layer.path() + ": the file's " + blocks[0] + " blocks of " + blocks[1]
          + " turn " + turned + " outputs, but this base has " + layer.outputs()
          + ". The adapter was made for another base model.");
    }
  }
}
