package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.TensorArena;

/**
 * Gives a model's declared weights their values from a checkpoint.
 *
 * <p>Tensors are converted one by one, so that memory holds the model and one tensor. All or nothing: the
 * names, shapes and types of the whole checkpoint are checked before the first value is read.
 */
public final class WeightLoader {
  private WeightLoader() {}

  /**
   * Compares names, shapes and types without reading a value.
   *
   * @param root the model
   * @param source the checkpoint, under the model's names
   * @throws UserException as {@link #load} does
   */
  public static void check(Module root, TensorSource source) {
    new CheckpointFit(root.namedWeights(), source).require();
  }

  /**
   * Loads weights that stay as they are; those that the source has quantised stay so. Where the stored type is the
   * wanted one, the file's mapped memory serves as it lies and is <em>read-only</em>.
   *
   * @param root the model
   * @param source the checkpoint, under the model's names
   * @param precision the wanted type
   * @param owner owner of the weights
   * @throws UserException that counts and lists what is missing, surplus or misshapen, and says what the
   *     checkpoint looks like when it is of another kind
   */
  public static void load(Module root, TensorSource source, ElementType precision, NDManager owner) {
    load(root, source, precision, owner, false);
  }

  /**
   * Loads weights that will be changed in place, by training the model itself or by merging: every one is
   * a copy of its own.
   *
   * @see #load
   */
  public static void loadWritable(Module root, TensorSource source, ElementType precision, NDManager owner) {
    load(root, source, precision, owner, true);
  }

  private static void load(Module root, TensorSource source, ElementType type, NDManager owner,
      boolean writable) {
    check(root, source);
    try (TensorArena arena = new TensorArena(owner)) {
      root.namedWeights().forEach((name, weight) ->
          weight.set(source.quantised(name, type.dataType(), owner).orElseGet(() -> new DenseWeight(
              !writable && source.mayShareMemory(name) && source.dtype(name) == type.stored() ? source.read(name, owner)
                  : copy(source, name, type, arena, owner)))));
    }
  }

  private static NDArray copy(
      TensorSource source, String name, ElementType type, TensorArena arena, NDManager owner) {
    try (NDManager scratch = owner.newSubManager()) {
      return arena.copy(source.read(name, scratch), type.dataType());
    }
  }
}
