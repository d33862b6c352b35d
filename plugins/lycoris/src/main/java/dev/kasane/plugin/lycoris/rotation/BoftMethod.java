package dev.kasane.plugin.lycoris.rotation;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Factorization;
import org.pf4j.Extension;

/** BOFT: the rows of a weight are rotated in the stages of a butterfly, so that each can reach each. */
@Extension
public final class BoftMethod extends RotationMethod {
  public BoftMethod() {
    super("boft", "Rotates a layer's outputs in the stages of a butterfly (BOFT), which mixes all of them.",
        new AdapterOption("rank", Type.INTEGER, "16",
            "Largest size of a block, LyCORIS's dim: an even divisor of the outputs that leaves a power of two."
                + " Stable Diffusion's layers need at least 10."),
        Rotation.BUTTERFLY_AXES, "even size");
  }

  @Override
  boolean splits(long outputs) {
    return outputs % 2 == 0;
  }

  @Override
  long[] blocks(TargetLayer layer, int rank) {
    Factorization blocks = Factorization.butterfly(layer.outputs(), rank, layer.path());
    return new long[] {stages(blocks.second()), blocks.second(), blocks.first(), blocks.first()};
  }

  /** One stage for blocks as they lie and one for each doubling of their distance. */
  private static int stages(long count) {
    return Long.numberOfTrailingZeros(count) + 1;
  }

  @Override
  void requireFit(TargetLayer layer, long[] blocks) {
    long stages = blocks[0];
    long count = blocks[1];
    long size = blocks[2];
    boolean doubles = Long.bitCount(count) == 1 && stages <= stages(count);
    if (count * size != layer.outputs() || size % 2 != 0 || !doubles) {
      throw new UserException("Layer " + layer.path() + ": the file has " + stages + " stages of " + count
          + " blocks of " + size + ", which make no butterfly of this base's " + layer.outputs()
          + " outputs. The adapter was made for another base model.");
    }
  }
}
