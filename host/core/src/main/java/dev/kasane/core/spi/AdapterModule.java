package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a file says about one layer, free of any file's key grammar.
 *
 * <p>{@link #BIAS_DIFFERENCE} may stand beside the parameters of any method, as ComfyUI and LyCORIS have it: the bias
 * is no part of what methods for weights do.
 *
 * @param path the layer's dotted path in the base model, community names
 * @param tensors parameter name relative to the layer ({@code lora_down.weight}) → tensor
 * @param constants scalars such as {@code alpha}; absent when the file has none
 */
public record AdapterModule(String path, Map<String, NDArray> tensors, Map<String, Double> constants) {
  /** The constant, 1, of a LoRA whose factors began as the largest singular directions of the weight (PiSSA). */
  public static final String PISSA = "pissa";
  /** The constant, 1, of a LoRA whose factors began as a part of the weight's QR decomposition (OLoRA). */
  public static final String OLORA = "olora";
  /**
   * The constant, 1, of a low-rank pair with magnitudes (DoRA) whose strength turns the lengths only, as in LyCORIS.
   * Without it the strength scales ΔW, as in ComfyUI.
   */
  public static final String TURNS_LENGTHS = "turns_lengths";
  /** Numerator of the factor of a product of rank r: alpha/r. */
  public static final String ALPHA = "alpha";
  /** AUTOMATIC1111's own factor, which wins over alpha. */
  public static final String SCALE = "scale";
  /** LyCORIS's {@code use_scalar}: a learned number that the whole update is multiplied with. */
  public static final String SCALAR = "scalar";
  /** The constants that {@link #alpha} is made of. */
  public static final Set<String> FACTORS = Set.of(ALPHA, SCALE, SCALAR);
  /** What is added to a layer's bias, (out). */
  public static final String BIAS_DIFFERENCE = "diff_b";

  /**
   * Whether the factors began as a part of the base's weight, which is still to be taken off the update: the module
   * means a change of W only beside W itself.
   */
  public boolean isPartOfWeight() {
    return constants.containsKey(PISSA) || constants.containsKey(OLORA);
  }

  /**
   * Refuses a module that is a {@linkplain #isPartOfWeight part of the weight}, for a format that has no word for it.
   *
   * @throws UserException that says what to do
   */
  public void requireOfItsOwn() {
    if (isPartOfWeight()) {
      throw new UserException("Layer " + path + " began as a part of the base's weight (PiSSA or OLoRA), which only a"
          + " PEFT folder can say. «mix FILE, method svd, rank R, base MODEL, output OUT» makes a plain LoRA of the"
          + " adapter, without loss where R is twice its rank.");
    }
  }

  /**
   * The alpha with which alpha/rank is the factor of this module's update: that of the file, or what its own scale
   * makes of the rank, times its scalar. No alpha, or one of 0, means the rank, as in kohya's scripts.
   *
   * @param rank the inner dimension
   */
  public double alpha(long rank) {
    Double scale = constants.get(SCALE);
    double alpha = scale != null ? scale * rank : constants.getOrDefault(ALPHA, 0.0);
    return (alpha == 0 && scale == null ? rank : alpha) * constants.getOrDefault(SCALAR, 1.0);
  }

  /** The names of everything that the file says: tensors and constants. */
  public List<String> parameters() {
    return Stream.concat(tensors.keySet().stream(), constants.keySet().stream()).toList();
  }

  /**
   * The same module for another owner. Its tensors share the memory of these, which stay where they are: whichever
   * scope closes first, the other's can still be read.
   *
   * @param scope owner of the result's tensors
   */
  public AdapterModule ownedBy(NDManager scope) {
    Map<String, NDArray> owned = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> owned.put(name, Ops.alias(tensor, scope)));
    return new AdapterModule(path, owned, constants);
  }

  AdapterModule placed(NDManager owner) {
    Map<String, NDArray> there = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> there.put(name, Ops.placed(owner, tensor)));
    return new AdapterModule(path, there, constants);
  }
}
