package dev.kasane.app.training;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.OptionPatterns;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.injection.WholeWeights;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Which adapters are trained, and where.
 *
 * @param method the method's id
 * @param choice makes its options, checked against the method
 * @param targets which layers of the base's first part
 * @param patterns options of single layers among them
 * @param further which layers of other parts, by component
 * @param wholes what of the first part is trained whole
 */
public record AdapterWish(String method, Function<AdapterMethod, MethodChoice> choice, Targets targets,
    OptionPatterns patterns, Map<String, TargetSelector> further, Wholes wholes) {
  /**
   * Layers to adapt.
   *
   * @param selector picks them
   * @param check refuses a model that has not what was asked for by number
   * @param recorded which of them by number, for the adapter's record; nothing for all
   */
  public record Targets(TargetSelector selector, Consumer<Map<String, AdaptableLayer>> check,
      Function<Map<String, AdaptableLayer>, Optional<NumberedLayers>> recorded) {}

  /**
   * Weights of the base that are trained themselves.
   *
   * @param modules names of modules that are trained whole
   * @param biases which biases
   */
  public record Wholes(List<String> modules, WholeWeights.Biases biases) {
    /** None. */
    public static final Wholes NONE = new Wholes(List.of(), WholeWeights.Biases.NONE);
  }

  private static Module first(BaseParts base) {
    return base.components().values().iterator().next();
  }

  /**
   * Checks the words for layers against a base that has no weights yet.
   *
   * @throws UserException naming a word that no layer answers to
   */
  void requireTargets(BaseParts base) {
    Map<String, AdaptableLayer> layers = first(base).adaptableLayers();
    targets.check().accept(layers);
    patterns.requireUse(targets.selector().select(layers).keySet());
    further.forEach((component, selector) -> selector.select(base.components().get(component).adaptableLayers()));
  }

  /** Which layers are trained by number; check the targets first. */
  Optional<NumberedLayers> recorded(BaseParts base) {
    return targets.recorded().apply(first(base).adaptableLayers());
  }

  /** Attaches fresh adapters; libtorch's generator has been seeded. */
  AdapterSet attach(BaseParts base, MethodChoice chosen, NDManager owner) {
    String component = base.components().keySet().iterator().next();
    List<AdapterSet> sets = new ArrayList<>();
    sets.add(Injector.attachFresh(component, first(base), targets.selector(), chosen, owner));
    further.forEach((name, selector) -> sets.add(Injector.attachFresh(
        name, base.components().get(name), selector, chosen.withoutPatterns(), owner)));
    AdapterSet adapters = sets.size() == 1 ? sets.get(0) : AdapterSet.join(sets);
    return wholes.equals(Wholes.NONE) ? adapters
        : WholeWeights.addTo(adapters, first(base), wholes.modules(), wholes.biases(), owner);
  }
}
