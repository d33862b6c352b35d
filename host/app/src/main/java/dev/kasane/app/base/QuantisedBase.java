package dev.kasane.app.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.quant.Originals;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.checkpoint.BitsandbytesSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Quantises a base model that has been loaded, and tells what its weights hold. */
public final class QuantisedBase {
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

  /**
   * Quantises what is to be quantised, and tells what the base's weights hold.
   *
   * @param base a base with its weights and without adapters
   * @param settings how; nothing for leaving it as it was stored
   * @param keepOriginals whether the dense weights are kept until what is returned is closed
   * @param owner owner of the codes
   * @param tell gets a line about memory, unless the whole base is dense
   * @throws UserException when a weight is not finite, or the base was stored quantised and is to be quantised again
   */
  public static Originals quantise(BaseModel.Quantisable base, Optional<QuantisationSettings> settings,
      boolean keepOriginals, NDManager owner, Consumer<String> tell) {
    settings.ifPresent(each -> requireDense(base, each));
    Originals originals = Originals.NONE;
    if (settings.isPresent() && keepOriginals) {
      originals = Quantizer.quantiseKeeping(base.root(), settings.get(), base.layers(), owner);
    } else if (settings.isPresent()) {
      Quantizer.quantise(base.root(), settings.get(), base.layers(), owner);
    }
    report(base).ifPresent(line -> tell.accept("Base's " + line));
    return originals;
  }

  private static void requireDense(BaseModel.Quantisable base, QuantisationSettings settings) {
    List<QuantisedWeight> stored = quantised(base.root());
    if (!stored.isEmpty()) {
      throw new UserException("The base's " + base.name() + " is stored in " + storages(stored) + " already. Leave out"
          + " «base type " + settings.kind().id() + "», or name the base that it was made from.");
    }
  }

  private static Optional<String> report(BaseModel.Quantisable base) {
    List<QuantisedWeight> quantised = quantised(base.root());
    if (quantised.isEmpty()) {
      return Optional.empty();
    }
    List<FrozenWeight> all = base.root().namedWeights().values().stream().filter(Weight::isSet).map(Weight::get).toList();
    long dense = all.stream().mapToLong(QuantisedBase::denseBytes).sum();
    return Optional.of(String.format(Locale.ROOT,
        "%s: %d layers in %s, %.4f bytes a parameter; with all its weights %,.1f MB, %.3f bytes a parameter"
            + " (dense: %,.1f MB)", base.name(), quantised.size(), storages(quantised),
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
