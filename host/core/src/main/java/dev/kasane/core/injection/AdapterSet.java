package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The adapters of one run or one file on one base model, over all its components.
 *
 * <p>Sets add up: several can be attached to the same layers. Attaching and detaching never touches the
 * base weights, so a model whose sets are all detached computes the very bits it computed before.
 */
public final class AdapterSet {
  private final List<AdaptedLayer> layers;
  private final List<WholeWeight> wholes;
  private boolean attached;

  /** Takes adapters that are not attached yet. */
  AdapterSet(List<AdaptedLayer> layers) {
    this(layers, List.of());
  }

  /** Takes adapters and whole weights that are not attached yet. */
  AdapterSet(List<AdaptedLayer> layers, List<WholeWeight> wholes) {
    this.layers = List.copyOf(layers);
    this.wholes = List.copyOf(wholes);
  }

  /** This set with whole weights added; this one is detached and the result is attached. */
  AdapterSet with(List<WholeWeight> more) {
    detach();
    AdapterSet both = new AdapterSet(layers, Stream.concat(wholes.stream(), more.stream()).toList());
    both.attach();
    return both;
  }

  /** Joins the sets of several components; the parts are detached and the whole is attached. */
  public static AdapterSet join(List<AdapterSet> parts) {
    parts.forEach(AdapterSet::detach);
    AdapterSet whole = new AdapterSet(parts.stream().flatMap(part -> part.layers.stream()).toList(),
        parts.stream().flatMap(part -> part.wholes.stream()).toList());
    whole.attach();
    return whole;
  }

  /** The layers with their adapters, in the model's order. */
  public List<AdaptedLayer> layers() {
    return layers;
  }

  /** The weights that take the base's place. */
  public List<WholeWeight> wholes() {
    return wholes;
  }

  /** Puts the adapters on their layers; does nothing when they are. */
  public void attach() {
    if (!attached) {
      layers.forEach(each -> each.layer().attach(each.attachment()));
      wholes.forEach(WholeWeight::put);
      attached = true;
    }
  }

  /** Takes the adapters off their layers; does nothing when they are off. */
  public void detach() {
    layers.forEach(each -> each.layer().detach(each.attachment()));
    wholes.forEach(WholeWeight::takeBack);
    attached = false;
  }

  /** Whether the adapters are on their layers. */
  public boolean isAttached() {
    return attached;
  }

  /** Sets the strength of every adapter, 1 for as trained, while the model is live. */
  public void multiplier(double value) {
    multiplier(value, BlockWeights.none());
  }

  /**
   * Sets the strength of every adapter, block by block, while the model is live.
   *
   * @param value the strength, 1 for as trained
   * @param blocks factors for some blocks
   * @throws dev.kasane.core.UserException when a block fits none of the layers
   */
  public void multiplier(double value, BlockWeights blocks) {
    blocks.requireUse(Stream.concat(layers.stream().map(AdaptedLayer::name),
        wholes.stream().map(WholeWeight::module)).toList());
    layers.forEach(each -> each.attachment().multiplier(value * blocks.weight(each.name())));
    wholes.forEach(each -> each.strength(value * blocks.weight(each.module())));
  }

  /** Switches dropouts on for training or off. */
  public void phase(LiveUpdate.Phase phase) {
    layers.forEach(each -> each.attachment().phase(phase));
  }

  /** Says whether the parameters collect gradients: fresh adapters do, restored ones do not. */
  public void trainable(boolean on) {
    trainableParameters().values().forEach(parameter -> parameter.setRequiresGradient(on));
  }

  /** The live parameters as {@code component.path.parameter}, in a fixed order. */
  public Map<String, NDArray> trainableParameters() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    layers.forEach(each -> each.adapter().tensors()
        .forEach((name, tensor) -> all.put(each.name() + "." + name, tensor)));
    wholes.forEach(each -> all.put(each.name(), each.values()));
    return all;
  }

  /**
   * The neutral form for saving. The tensors are the live ones.
   *
   * @param metadata what the file shall say about itself
   */
  public AdapterModel toModel(Map<String, String> metadata) {
    Map<String, List<AdapterModule>> components = layers.stream().collect(Collectors.groupingBy(
        AdaptedLayer::component, LinkedHashMap::new,
        Collectors.mapping(AdapterSet::module, Collectors.toList())));
    Map<String, AdapterModule> whole = new LinkedHashMap<>();
    wholes.forEach(each -> whole.computeIfAbsent(each.module(), name -> {
      AdapterModule module = new AdapterModule(each.path(), new LinkedHashMap<>(), Map.of());
      components.computeIfAbsent(each.component(), part -> new ArrayList<>()).add(module);
      return module;
    }).tensors().put(each.parameter(), each.values()));
    return new AdapterModel(components, List.<UnmatchedKey>of(), metadata);
  }

  private static AdapterModule module(AdaptedLayer each) {
    return each.adapter().saved();
  }

  /**
   * The Frobenius norm of each layer's ΔW at strength 1, by {@code component.path}.
   *
   * @return every layer but those whose ΔW depends on the values of a base weight of which only the shape
   *     is known
   */
  public Map<String, Double> deltaNorms() {
    Map<String, Double> norms = new LinkedHashMap<>();
    layers.forEach(each -> deltaNorm(each).ifPresent(norm -> norms.put(each.name(), norm)));
    return norms;
  }

  private static OptionalDouble deltaNorm(AdaptedLayer each) {
    LayerAdapter adapter = each.adapter();
    NDArray any = adapter.tensors().values().iterator().next();
    try (NDManager scope = any.getManager().newSubManager(); GradMode off = GradMode.off()) {
      return OptionalDouble.of(adapter.deltaNorm(scope));
    } catch (DeclaredWeight.NoValues unknown) {
      return OptionalDouble.empty();
    }
  }
}
