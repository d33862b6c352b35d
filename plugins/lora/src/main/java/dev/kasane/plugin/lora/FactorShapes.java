package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the shape of a layer off the factors that a file has for it. */
final class FactorShapes {
  private static final int MATRIX = 2;
  private static final int KERNELS = 4;

  private FactorShapes() {}

  /** (out, in), or (out, in, k, k) where one of the factors has a kernel. */
  static Shape of(AdapterModule saved) {
    Shape down = factor(saved, LoraFactors.DOWN);
    Shape up = factor(saved, LoraFactors.UP);
    boolean core = saved.tensors().containsKey(LoraFactors.MID);
    Shape kernel = core ? factor(saved, LoraFactors.MID) : down;
    return kernel.dimension() == KERNELS ? new Shape(up.get(0), down.get(1), kernel.get(2), kernel.get(3))
        : new Shape(up.get(0), down.get(1));
  }

  /** (entries, width) of an embedding. */
  static Shape ofTable(AdapterModule saved) {
    return new Shape(factor(saved, EmbeddingAdapter.A).get(1), factor(saved, EmbeddingAdapter.B).get(0));
  }

  /** What a header tells of a pair, or of what is left of one. */
  static Optional<ModuleFacts> facts(ModuleHeader saved) {
    boolean table = !saved.hasAny(LoraFactors.DOWN, LoraFactors.UP);
    String down = table ? EmbeddingAdapter.A : LoraFactors.DOWN;
    String up = table ? EmbeddingAdapter.B : LoraFactors.UP;
    if (!saved.hasAny(down, up) || saved.hasAll(LoraFactors.MID, DoraAdapter.MAGNITUDE)) {
      return Optional.empty();
    }
    boolean spatial = saved.has(LoraFactors.MID) || saved.size(down, 2) > 1;
    boolean complete = saved.hasAll(down, up);
    return Optional.of(ModuleFacts.of(saved.has(DoraAdapter.MAGNITUDE) ? "dora" : spatial ? "locon" : "lora")
        .size(ModuleFacts.RANK, saved.size(down, 0)).reads(table ? null : saved.shapes().get(down))
        .fault(!complete, ModuleFacts.INCOMPLETE)
        .fault(complete && saved.size(down, 0) != saved.size(up, 1), ModuleFacts.RANKS_DIFFER)
        .fault(Stream.of(down, up).filter(saved::has).mapToInt(saved::axes)
            .anyMatch(axes -> axes != MATRIX && axes != KERNELS), ModuleFacts.NO_MATRICES));
  }

  private static Shape factor(AdapterModule saved, String name) {
    NDArray tensor = saved.tensors().get(name);
    if (tensor == null) {
      throw new UserException("Layer " + saved.path() + ": the file has no " + name
          + "; lora_down and lora_up belong together. The file is damaged or was cut apart.");
    }
    Shape shape = tensor.getShape();
    if (shape.dimension() != MATRIX && shape.dimension() != KERNELS) {
      throw new UserException("Layer " + saved.path() + ": " + name + " has shape " + shape
          + ", but a factor has two axes, or four for a convolution. The file is damaged.");
    }
    return shape;
  }
}
