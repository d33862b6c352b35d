package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;

/**
 * Which way the magnitudes of DoRA lie that a file has as {@code dora_scale}: one for each output, as PEFT and
 * LyCORIS since 3.2 have them, or one for each input, as LyCORIS before and OneTrainer.
 *
 * <p>LyCORIS and OneTrainer store (out, 1, …) or (1, in, …), PEFT (out), for a convolution (1, out, 1, 1), which
 * {@link #ofPeft} makes (out, 1, …). A number of them that only one side of the layer has decides; on a square layer
 * the axes do, and a flat list tells nothing there.
 */
public final class Magnitudes {
  private static final int CONVOLUTION = 4;

  private Magnitudes() {}

  /**
   * Whether magnitudes are of the outputs and not of the inputs.
   *
   * @param layer the layer
   * @param name what the file calls them, for messages
   * @param stored their shape in the file
   * @throws UserException when they are of neither, or can be of either
   */
  public static boolean arePerOutput(TargetLayer layer, String name, Shape stored) {
    boolean outputs = stored.size() == layer.outputs();
    boolean inputs = stored.size() == layer.inputs();
    if (!isOneAxis(stored) || !outputs && !inputs) {
      throw new UserException("Layer " + layer.path() + ": " + name + " has shape " + stored + ", but this base needs"
          + " one number for each of " + layer.outputs() + " outputs or " + layer.inputs()
          + " inputs. The adapter was made for another base model.");
    }
    if (outputs != inputs) {
      return outputs;
    }
    if (stored.dimension() == 1 && stored.size() > 1) {
      throw new UserException("Layer " + layer.path() + ": " + name + " is a flat list of " + stored.size()
          + " numbers, and the layer has as many outputs as inputs, so it can be of either. Reshape it to ("
          + stored.size() + ", 1) for outputs, as PEFT and LyCORIS since 3.2 train them, or to (1, " + stored.size()
          + ") for inputs, as LyCORIS before and OneTrainer.");
    }
    return stored.get(0) == stored.size();
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

  /** Whether all axes but one of the first two have length 1. */
  private static boolean isOneAxis(Shape stored) {
    return stored.dimension() > 0 && (stored.get(0) == stored.size()
        || stored.dimension() > 1 && stored.get(0) == 1 && stored.get(1) == stored.size());
  }
}
