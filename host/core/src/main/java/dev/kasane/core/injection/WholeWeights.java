package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.NearNames;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Picks the weights of a model that are trained whole, beside the adapters, and copies them. */
public final class WholeWeights {
  private static final String BIAS = ".bias";
  private static final int SUGGESTIONS = 4;

  /** Which biases are trained, as PEFT has it. */
  public enum Biases {
    /** None. */
    NONE,
    /** Every bias of the model, those of normalisations too. */
    ALL,
    /** The biases of the layers with adapters. */
    LORA_ONLY;

    /** The word that users type. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private WholeWeights() {}

  /**
   * Adds weights that are trained whole to a set of fresh adapters. They start as the base's, in float32.
   *
   * @param set the adapters of one component, attached
   * @param root the component
   * @param modules names of modules, whole or their ends at a dot, all of whose weights are trained
   * @param biases which biases are trained as well
   * @param scope owner of the copies
   * @return a set of both, attached, in place of the first
   * @throws UserException when a name fits no module, or one with adapters inside
   */
  public static AdapterSet addTo(
      AdapterSet set, Module root, Collection<String> modules, Biases biases, NDManager scope) {
    String component = set.layers().get(0).component();
    Set<String> adapted = set.layers().stream().map(each -> each.layer().path()).collect(Collectors.toSet());
    Map<String, Weight> picked = new LinkedHashMap<>();
    modules.forEach(name -> picked.putAll(ofModule(name, root, adapted)));
    root.weightPlaces().forEach((path, weight) -> {
      boolean wanted = path.endsWith(BIAS) && (biases == Biases.ALL
          || biases == Biases.LORA_ONLY && adapted.contains(path.substring(0, path.length() - BIAS.length())));
      if (wanted) {
        picked.put(path, weight);
      }
    });
    List<WholeWeight> wholes = new ArrayList<>();
    picked.forEach((path, weight) -> wholes.add(fresh(component, path, weight, scope)));
    return set.with(wholes);
  }

  private static Map<String, Weight> ofModule(String name, Module root, Set<String> adapted) {
    List<String> paths = root.namedModules().keySet().stream()
        .filter(path -> path.equals(name) || path.endsWith("." + name)).toList();
    if (paths.isEmpty() || name.isBlank()) {
      List<String> named = root.namedModules().keySet().stream().filter(path -> !path.isEmpty()).toList();
      throw new UserException("The model has no module '" + name + "' to train whole. Near names: "
          + String.join(", ", NearNames.of(name, named, SUGGESTIONS)) + ".");
    }
    Map<String, Weight> weights = new LinkedHashMap<>();
    root.weightPlaces().forEach((path, weight) -> {
      if (paths.stream().anyMatch(module -> path.startsWith(module + "."))) {
        weights.put(path, weight);
      }
    });
    adapted.stream().filter(layer -> weights.containsKey(layer + ".weight")).findFirst().ifPresent(layer -> {
      throw new UserException("Layer " + layer + " has an adapter and cannot be trained whole as part of '" + name
          + "' too. Exclude it from the targets.");
    });
    return weights;
  }

  private static WholeWeight fresh(String component, String path, Weight place, NDManager scope) {
    NDArray values;
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      values = copy(place.own().materialise(own), scope);
    }
    values.setRequiresGradient(true);
    return of(component, path, place, values);
  }

  /** A copy in float32 that shares no memory. */
  static NDArray copy(NDArray stored, NDManager scope) {
    NDArray copy = OPS.cast(stored, DataType.FLOAT32).duplicate();
    copy.attach(scope);
    return copy;
  }

  /** A weight for the place that a dotted path names. */
  static WholeWeight of(String component, String path, Weight place, NDArray values) {
    int dot = path.lastIndexOf('.');
    return new WholeWeight(component, path.substring(0, Math.max(dot, 0)), path.substring(dot + 1), place, values);
  }
}
