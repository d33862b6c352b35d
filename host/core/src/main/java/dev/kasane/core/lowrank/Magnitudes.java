package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.stream.LongStream;

/**
 * The trained lengths g of a weight's rows or columns (DoRA, Liu et al. 2024): the adapted weight is V ⊙ g/‖V‖ with
 * V = W + update. What another strength than 1 does is a matter of the {@linkplain LowRankForm form}.
 *
 * <p>They are one for each output, as PEFT and LyCORIS since 3.2 have them, or one for each input, as LyCORIS before
 * and OneTrainer. These store (out, 1, …) or (1, in, …), PEFT (out), for a convolution (1, out, 1, 1), which
 * {@link #ofPeft} makes (out, 1, …). A number of them that only one side of the layer has decides; on a square layer
 * the axes do, and a flat list tells nothing there.
 *
 * @param values g: (out, 1, …) or (1, in, …), float32
 * @param perOutput which of the two
 */
public record Magnitudes(NDArray values, boolean perOutput) {
  private static final int CONVOLUTION = 4;

  /**
   * The present lengths of a weight, with LyCORIS's step more, with which nothing changes yet under
   * {@link #decompose}.
   */
  public static Magnitudes fresh(TargetLayer layer, boolean perOutput, NDManager scope) {
    try (GradMode off = GradMode.off(); NDManager own = scope.newSubManager()) {
      NDArray norm = LOW_RANK.steppedNorm(scope, layer.weight().materialise(own), axes(layer, perOutput));
      return new Magnitudes(FreshTensors.trained(norm), perOutput);
    }
  }

  /**
   * The present lengths of W + scale·B·A, with which nothing changes yet under {@link #rescale}.
   *
   * @param factors not in Tucker form
   */
  public static Magnitudes fresh(TargetLayer layer, LowRank factors, double scale, NDManager scope) {
    NDArray norms = new Magnitudes(null, true).norms(scope, layer, factors, scale);
    return new Magnitudes(FreshTensors.trained(norms), true);
  }

  /**
   * What a file has.
   *
   * @return null when it has none
   * @throws UserException when they are of neither side of the layer, or can be of either
   */
  public static Magnitudes restored(SavedTensors saved) {
    if (!saved.has(LoraNames.MAGNITUDE)) {
      return null;
    }
    TargetLayer layer = saved.layer();
    boolean perOutput = arePerOutput(layer, saved.shape(LoraNames.MAGNITUDE));
    return new Magnitudes(saved.reshaped(LoraNames.MAGNITUDE,
        perOutput ? LayerShapes.perOutput(layer) : LayerShapes.perInput(layer)), perOutput);
  }

  private static boolean arePerOutput(TargetLayer layer, Shape stored) {
    boolean outputs = stored.size() == layer.outputs();
    boolean inputs = stored.size() == layer.inputs();
    String name = "Layer " + layer.path() + ": " + LoraNames.MAGNITUDE;
    if (!isOneAxis(stored) || !outputs && !inputs) {
      throw new UserException(name + " has shape " + stored + ", but this base needs"
          + " one number for each of " + layer.outputs() + " outputs or " + layer.inputs()
          + " inputs. The adapter was made for another base model.");
    }
    if (outputs != inputs) {
      return outputs;
    }
    if (stored.dimension() == 1 && stored.size() > 1) {
      throw new UserException(name + " is a flat list of " + stored.size()
          + " numbers, and the layer has as many outputs as inputs, so it can be of either. Reshape it to ("
          + stored.size() + ", 1) for outputs, as PEFT and LyCORIS since 3.2 train them, or to (1, " + stored.size()
          + ") for inputs, as LyCORIS before and OneTrainer.");
    }
    return stored.get(0) == stored.size();
  }

  /** Whether all axes but one of the first two have length 1. */
  private static boolean isOneAxis(Shape stored) {
    return stored.dimension() > 0 && (stored.get(0) == stored.size()
        || stored.dimension() > 1 && stored.get(0) == 1 && stored.get(1) == stored.size());
  }

  /**
   * PEFT's magnitudes with the outputs as the first axis, as in the neutral form; of any other shape they stay as they
   * are.
   *
   * @param magnitudes (out), or (1, out, 1, 1) for a convolution; closed where another tensor takes its place
   */
  public static NDArray ofPeft(NDArray magnitudes) {
    Shape shape = magnitudes.getShape();
    boolean convolution = shape.dimension() == CONVOLUTION && shape.get(0) == 1 && shape.get(1) == shape.size();
    if (shape.dimension() != 1 && !convolution) {
      return magnitudes;
    }
    try (magnitudes) {
      long outputs = shape.size();
      return (convolution ? magnitudes.reshape(outputs, 1, 1, 1) : magnitudes.reshape(outputs, 1)).duplicate();
    }
  }

  /** The axes over which ‖V‖ is taken. */
  private static long[] axes(TargetLayer layer, boolean perOutput) {
    int kept = perOutput ? 0 : 1;
    return LongStream.range(0, layer.weight().shape().dimension()).filter(axis -> axis != kept).toArray();
  }

  /**
   * What decomposing W + update adds to W as LyCORIS has it. At another strength m the weight is
   * V ⊙ (m·(g/‖V‖ − 1) + 1): the strength turns the lengths only.
   */
  public NDArray decompose(NDManager scope, TargetLayer layer, NDArray update, double multiplier) {
    return LOW_RANK.decompose(scope, layer.weight().materialise(scope), update, values, axes(layer, perOutput),
        multiplier);
  }

  /**
   * g/‖V‖ with V = W + scale·B·A, as PEFT has it: the norm is a constant to the gradients (section 4.3 of the paper),
   * and no small number is added to it.
   */
  public NDArray ratio(NDManager scope, TargetLayer layer, LowRank factors, double scale) {
    return values.div(norms(scope, layer, factors, scale));
  }

  private NDArray norms(NDManager scope, TargetLayer layer, LowRank factors, double scale) {
    try (NDManager own = scope.newSubManager()) {
      return LOW_RANK.norms(scope, layer.weight().materialise(own), factors.down(), factors.up(), scale,
          axes(layer, perOutput));
    }
  }
}
