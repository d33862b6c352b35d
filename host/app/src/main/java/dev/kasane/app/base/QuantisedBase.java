package dev.kasane.app.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.checkpoint.BitsandbytesSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Quantises a base model that has been loaded, and tells what its weights hold. */
public final class QuantisedBase {
  /** What bitsandbytes and QLoRA leave alone, and the convolutions between latents and features. */
  private static final Set<String> DENSE_IN_A_UNET = Set.of("conv_in", "conv_out", "time_embedding", "add_embedding");

  private QuantisedBase() {}

  /**
   * A checkpoint as a model reads it: tensors that bitsandbytes has quantised appear once and stay quantised.
   *
   * @param stored the checkpoint, under the model's names
   * @throws UserException that names a quantised tensor that is damaged
   */
  public static TensorSource read(TensorSource stored) {
    return BitsandbytesSource.of(stored);
  }

  /** The layers of a U-Net that are quantised: all but its first and last and what reads the timestep. */
  public static boolean isUsualInUNet(AdaptableLayer layer) {
    return !DENSE_IN_A_UNET.contains(layer.path().split("\\.", 2)[0]);
  }

  /** The layers of a language model that are quantised: all linear ones but the output head. */
  public static boolean isUsualInLanguageModel(AdaptableLayer layer) {
    return Quantizer.isUsual(layer);
  }

  /**
   * Quantises what is to be quantised.
   *
   * @param name what the model is called in the report
   * @param model a model with its weights and without adapters
   * @param settings how; nothing for leaving the model as it was stored
   * @param layers which of its layers
   * @param keepOriginals whether the dense weights are kept, see {@link Quantizer#forgetOriginals}
   * @param owner owner of the codes
   * @return a line about memory; nothing when the whole model is dense
   * @throws UserException when a weight is not finite, or the model was stored quantised and is to be quantised again
   */
  public static Optional<String> quantise(String name, Module model, Optional<QuantisationSettings> settings,
      Predicate<AdaptableLayer> layers, boolean keepOriginals, NDManager owner) {
    settings.ifPresent(each -> {
      requireDense(name, model, each);
      Quantizer.quantise(model, each, layers, keepOriginals, owner);
    });
    return report(name, model);
  }

  private static void requireDense(String name, Module model, QuantisationSettings settings) {
    List<QuantisedWeight> stored = quantised(model);
    if (!stored.isEmpty()) {
      throw new UserException("The base's " + name + " is stored in " + storages(stored) + " already. Leave out"
          + " «base type " + settings.kind().id() + "», or name the base that it was made from.");
    }
  }

  private static Optional<String> report(String name, Module model) {
    List<QuantisedWeight> quantised = quantised(model);
    if (quantised.isEmpty()) {
      return Optional.empty();
    }
    List<FrozenWeight> all = model.namedWeights().values().stream().filter(Weight::isSet).map(Weight::get).toList();
    long dense = all.stream().mapToLong(QuantisedBase::denseBytes).sum();
    return Optional.of(String.format(Locale.ROOT,
        "%s: %d layers in %s, %.4f bytes a parameter; with all its weights %,.1f MB, %.3f bytes a parameter"
            + " (dense: %,.1f MB)", name, quantised.size(), storages(quantised),
        (double) bytes(quantised) / count(quantised), bytes(all) / 1e6, (double) bytes(all) / count(all), dense / 1e6));
  }

  private static List<QuantisedWeight> quantised(Module model) {
    return model.namedWeights().values().stream().filter(Weight::isSet).map(Weight::get)
        .filter(QuantisedWeight.class::isInstance).map(QuantisedWeight.class::cast).toList();
  }

  private static String storages(List<QuantisedWeight> weights) {
    return weights.stream().map(FrozenWeight::storage).collect(Collectors.toCollection(TreeSet::new)).stream()
        .collect(Collectors.joining(" and "));
  }

  private static long denseBytes(FrozenWeight weight) {
    return weight instanceof QuantisedWeight quantised
        ? quantised.shape().size() * quantised.type().getNumOfBytes() : weight.bytes();
  }

  private static long bytes(List<? extends FrozenWeight> weights) {
    return weights.stream().mapToLong(FrozenWeight::bytes).sum();
  }

  private static long count(List<? extends FrozenWeight> weights) {
    return weights.stream().mapToLong(each -> each.shape().size()).sum();
  }
}
