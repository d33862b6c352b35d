package dev.kasane.core.module;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.TargetLayer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A node of a model: named weights and named children, in the order in which the reference declares them.
 *
 * <p>A module is built from a configuration alone; its weights have shapes but no values until a loader
 * gives them. Paths are the reference implementation's state-dict names.
 */
public abstract class Module {
  private final Map<String, Module> children = new LinkedHashMap<>();
  private final Map<String, Weight> weights = new LinkedHashMap<>();
  private Module parent;
  private String name = "";

  /** Adds a child and returns it. */
  protected final <M extends Module> M child(String name, M module) {
    Module child = module;
    child.parent = this;
    child.name = name;
    children.put(name, module);
    return module;
  }

  /** Declares a weight of this module and returns its place. */
  protected final Weight weight(String name, long... shape) {
    Weight weight = new Weight(new Shape(shape));
    weights.put(name, weight);
    return weight;
  }

  /** Declares a weight that shows the values of {@code lender} until it is given its own. */
  protected final Weight tiedWeight(String name, Weight lender) {
    Weight weight = Weight.tiedTo(lender);
    weights.put(name, weight);
    return weight;
  }

  /** Where the weights lie, and so whatever this module is given has to. */
  public final Device device() {
    return weightPlaces().values().stream().filter(Weight::isSet).map(Weight::own)
        .filter(DenseWeight.class::isInstance).map(each -> ((DenseWeight) each).array().getDevice())
        .findFirst().orElse(Device.cpu());
  }

  /** Every weight below this module by its dotted path; a tied one only when it has values of its own. */
  public final Map<String, Weight> namedWeights() {
    Map<String, Weight> all = new LinkedHashMap<>(weightPlaces());
    all.values().removeIf(Weight::isBorrowed);
    return Collections.unmodifiableMap(all);
  }

  /** Every weight below this module by its dotted path, those that are tied to another too. */
  public final Map<String, Weight> weightPlaces() {
    Map<String, Weight> all = new LinkedHashMap<>();
    walk("", (path, module) -> module.weights.forEach((name, weight) -> all.put(join(path, name), weight)));
    return Collections.unmodifiableMap(all);
  }

  /** Every module below this one, itself included under the empty path. */
  public final Map<String, Module> namedModules() {
    Map<String, Module> all = new LinkedHashMap<>();
    walk("", all::put);
    return Collections.unmodifiableMap(all);
  }

  /** The layers below this module that adapters are trained on, all but normalisations, by dotted path. */
  public final Map<String, AdaptableLayer> adaptableLayers() {
    Map<String, AdaptableLayer> all = new LinkedHashMap<>(restorableLayers());
    all.values().removeIf(layer -> layer.kind() == TargetLayer.Kind.NORM);
    return Collections.unmodifiableMap(all);
  }

  /** Every layer below this module that an adapter file can speak of, normalisations too, by dotted path. */
  public final Map<String, AdaptableLayer> restorableLayers() {
    Map<String, AdaptableLayer> all = new LinkedHashMap<>();
    walk("", (path, module) -> {
      if (module instanceof AdaptableLayer layer) {
        all.put(path, layer);
      }
    });
    return Collections.unmodifiableMap(all);
  }

  /** The dotted path from the model down to this module. */
  final String place() {
    return parent == null ? name : join(parent.place(), name);
  }

  private void walk(String path, BiConsumer<String, Module> visitor) {
    visitor.accept(path, this);
    children.forEach((name, module) -> module.walk(join(path, name), visitor));
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
