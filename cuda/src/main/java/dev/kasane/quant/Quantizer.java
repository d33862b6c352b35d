package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.Map;
import java.util.function.Predicate;

/** Replaces the dense weights of a loaded model by quantised ones, layer by layer. */
public final class Quantizer {
  private Quantizer() {}

  /**
   * What was done.
   *
   * @param layers how many layers were quantised
   * @param denseBytes what their weights held before
   * @param quantisedBytes what they hold now
   * @param totalBytes what all weights of the model hold now
   * @param parameters how many numbers the model has
   */
  public record Summary(int layers, long denseBytes, long quantisedBytes, long totalBytes, long parameters) {
    /** Bytes of the whole model for each of its numbers. */
    public double bytesPerParameter() {
      return (double) totalBytes / parameters;
    }
  }

  /** The layers that bitsandbytes quantises: linear ones but for a language model's output head. */
  public static boolean isUsual(AdaptableLayer layer) {
    return layer.kind() == TargetLayer.Kind.LINEAR && !LinearNames.isHead(layer.path());
  }

  /**
   * Quantises.
   *
   * @param root a loaded model without adapters or with; adapters see the quantised weight from then on
   * @param settings how
   * @param layers which of its layers, {@link #isUsual} for the usual ones
   * @param owner owner of the codes
   * @throws UserException when a weight is not finite or too large; layers before it stay quantised
   */
  public static Summary quantise(
      Module root, QuantisationSettings settings, Predicate<AdaptableLayer> layers, NDManager owner) {
    return quantise(root, settings, layers, false, owner);
  }

  /**
   * The same for adapters that start from what quantising loses: the dense weights can be asked for
   * ({@link QuantisedWeight#original}) until what is returned is closed.
   */
  public static Originals quantiseKeeping(
      Module root, QuantisationSettings settings, Predicate<AdaptableLayer> layers, NDManager owner) {
    quantise(root, settings, layers, true, owner);
    return new Originals(() -> forgetOriginals(root));
  }

  private static Summary quantise(Module root, QuantisationSettings settings, Predicate<AdaptableLayer> layers,
      boolean keepOriginals, NDManager owner) {
    int done = 0;
    long before = 0;
    long after = 0;
    for (Map.Entry<String, AdaptableLayer> each : root.adaptableLayers().entrySet()) {
      AdaptableLayer layer = each.getValue();
      if (layers.test(layer) && layer.weight() instanceof DenseWeight dense) {
        QuantisedWeight quantised = quantise(each.getKey(), dense, settings, owner);
        before += dense.bytes();
        after += quantised.bytes();
        done++;
        layer.replaceWeight(quantised);
        if (keepOriginals) {
          quantised.keep(dense);
        } else {
          closeUnlessShared(root, dense);
        }
      }
    }
    return new Summary(done, before, after, sum(root, true), sum(root, false));
  }

  /** Lets go of the dense weights that were kept. */
  private static void forgetOriginals(Module root) {
    root.adaptableLayers().values().forEach(layer -> {
      if (layer.weight() instanceof QuantisedWeight quantised) {
        quantised.forget().ifPresent(dense -> closeUnlessShared(root, dense));
      }
    });
  }

  /**
   * Quantises a dense tensor.
   *
   * @param name its name, for messages
   * @param dense contiguous, on the CPU, float32, float16 or bfloat16
   * @param owner owner of the codes
   * @throws UserException when a number is not finite or the tensor too large
   */
  public static QuantisedWeight quantise(
      String name, NDArray dense, QuantisationSettings settings, NDManager owner) {
    QuantisedWeight.count(name, dense.getShape());
    try {
      return settings.kind() == QuantisationSettings.Kind.INT8
          ? Int8Weight.quantise(name, dense, owner) : FourBitWeight.quantise(name, dense, settings, owner);
    } catch (UserException e) {
      throw e.behind("Tensor '" + name + "' cannot be quantised. ");
    }
  }

  private static QuantisedWeight quantise(
      String path, DenseWeight dense, QuantisationSettings settings, NDManager owner) {
    try (NDManager scratch = owner.newSubManager(); GradMode off = GradMode.off()) {
      // A copy is contiguous whatever it is copied from; a view's own memory is not.
      NDArray contiguous = dense.array().stopGradient().duplicate();
      contiguous.attach(scratch);
      return quantise(path, contiguous, settings, owner);
    }
  }

  /** Tied weights are one tensor in two places. */
  private static void closeUnlessShared(Module root, DenseWeight dense) {
    boolean shared = root.namedWeights().values().stream().filter(Weight::isSet).map(Weight::get)
        .anyMatch(each -> each instanceof DenseWeight other && other.array() == dense.array());
    if (!shared) {
      dense.array().close();
    }
  }

  private static long sum(Module root, boolean bytes) {
    return root.namedWeights().values().stream().filter(Weight::isSet).map(Weight::get)
        .mapToLong(each -> bytes ? each.bytes() : parameters(each)).sum();
  }

  private static long parameters(FrozenWeight weight) {
    return weight.shape().size();
  }
}
