package dev.kasane.core.injection;

import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.PreparedMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A method for fresh adapters, with its options for all layers and those that differ for some. */
public final class MethodChoice {
  private final AdapterMethod method;
  private final AdapterOptions options;
  private final OptionPatterns patterns;
  /** By the values of the options, so that a method reads each set of them once. */
  private final Map<Map<String, Object>, PreparedMethod> prepared = new HashMap<>();

  /** A choice with the same options for all layers. */
  public MethodChoice(AdapterMethod method, Map<String, ?> given) {
    this(method, given, OptionPatterns.none());
  }

  /**
   * @param method the method
   * @param given values for some of its options, of their types or as texts
   * @param patterns options that differ for some layers
   * @throws UserException for an unknown option, or a value of the wrong type or out of range
   */
  public MethodChoice(AdapterMethod method, Map<String, ?> given, OptionPatterns patterns) {
    this.method = method;
    this.options = AdapterOptions.of(method, given);
    this.patterns = patterns;
    prepared(options);
  }

  public AdapterMethod method() {
    return method;
  }

  /** Its options where no pattern says otherwise. */
  public AdapterOptions options() {
    return options;
  }

  /** The same with one set of options for all layers. */
  public MethodChoice withoutPatterns() {
    return new MethodChoice(method, options.values());
  }

  /** Whether fresh adapters look at what weights were quantised from. */
  public boolean needsOriginals() {
    return prepared(options).needsOriginals();
  }

  AdapterOptions optionsFor(String path) {
    return options.with(patterns.valuesFor(path));
  }

  PreparedMethod prepared(AdapterOptions own) {
    return prepared.computeIfAbsent(own.values(), values -> method.prepare(own));
  }

  /** The layers that get an adapter, by path; all patterns match one of them and the method supports them. */
  Map<String, AdaptableLayer> targets(Module root, TargetSelector selector) {
    Map<String, AdaptableLayer> targets = selector.select(root.adaptableLayers());
    patterns.requireUse(targets.keySet());
    List<AdaptableLayer> refused = targets.values().stream().filter(layer -> !method.supports(layer)).toList();
    if (!refused.isEmpty()) {
      throw new UserException("Method " + method.id() + " does not support " + refused.size()
          + " of the targeted layers, such as " + refused.get(0).path() + ": "
          + method.refusal(refused.get(0)) + ". Exclude them or choose another method.");
    }
    return targets;
  }
}
