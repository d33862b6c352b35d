package dev.kasane.app.cli.train;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.cli.options.LayerOptions;
import dev.kasane.app.recipe.DependentOptions;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.OptionPatterns;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which adapters are trained, and where. */
final class AdapterTrainingOptions implements DependentOptions {
  @RecipeKey
  @Option(names = "--method", paramLabel = "ID", defaultValue = "lora",
      description = "Adapter method (default: ${DEFAULT-VALUE}); 'kasane plugins list' shows them with their"
          + " options. Another method than a recipe's leaves out the recipe's rank, alpha and method options.")
  String method;

  @RecipeKey
  @Option(names = "--rank", paramLabel = "N", description = "Rank of the adapters (the method's option 'rank').")
  Integer rank;

  @RecipeKey
  @Option(names = "--alpha", paramLabel = "X",
      description = "Alpha of the adapters; their strength is alpha / rank (the method's option 'alpha').")
  Double alpha;

  @RecipeKey
  @Option(names = "--method-option", paramLabel = "NAME=VALUE",
      description = "Any option of the method, such as dropout=0.1; may be given several times.")
  Map<String, String> methodOptions = new LinkedHashMap<>();

  @RecipeKey
  @Option(names = "--targets", paramLabel = "WORD", split = ",", defaultValue = "attn",
      description = "Layers of the U-Net or language model: a preset (attn-qkv, attn, attn-mlp, all-linear, full),"
          + " a name such as to_q, or a regular expression beginning with re: (default: ${DEFAULT-VALUE}).")
  List<String> targets;

  @RecipeKey
  @Option(names = "--exclude", paramLabel = "WORD", split = ",",
      description = "Layers to leave out, as --targets.")
  List<String> exclude = new ArrayList<>();

  @Mixin
  LayerOptions layers;

  @RecipeKey
  @Option(names = "--rank-pattern", paramLabel = "NAME=N",
      description = "Rank of the layers whose path ends as this regular expression says, such as to_q or"
          + " mid_block.*; several times.")
  Map<String, String> rankPatterns = new LinkedHashMap<>();

  @RecipeKey
  @Option(names = "--alpha-pattern", paramLabel = "NAME=X", description = "Alpha of such layers.")
  Map<String, String> alphaPatterns = new LinkedHashMap<>();

  @Override
  public String decider() {
    return "method";
  }

  @Override
  public Set<String> dependents() {
    return Set.of("rank", "alpha", "method-option", "rank-pattern", "alpha-pattern");
  }

  /** Checks the options against a method before anything expensive begins. */
  MethodChoice check(AdapterMethod chosen) {
    Map<String, Object> given = new LinkedHashMap<>(methodOptions);
    put(chosen, given, "rank", rank);
    put(chosen, given, "alpha", alpha);
    MethodChoice choice = new MethodChoice(chosen, given, patterns());
    rankPatterns.forEach((layers, value) -> checkPattern(choice, "rank", layers, value));
    alphaPatterns.forEach((layers, value) -> checkPattern(choice, "alpha", layers, value));
    return choice;
  }

  private static void checkPattern(MethodChoice choice, String option, String layers, String value) {
    try {
      choice.method().prepare(choice.options().with(Map.of(option, value)));
    } catch (UserException e) {
      throw new UserException("--" + option + "-pattern " + layers + "=" + value + ": " + e.getMessage(), e);
    }
  }

  /** Adds what options mean that were not given. */
  void addEffective(MethodChoice choice, Map<String, Object> values) {
    AdapterOptions options = choice.options();
    for (String name : List.of("rank", "alpha")) {
      if (options.values().containsKey(name)) {
        double value = options.number(name);
        if (value == Math.rint(value)) {
          values.put("--" + name, (long) value);
        } else {
          values.put("--" + name, value);
        }
      }
    }
  }

  private static void put(AdapterMethod method, Map<String, Object> given, String name, Object value) {
    if (value == null) {
      return;
    }
    if (method.options().stream().map(AdapterOption::name).noneMatch(name::equals)) {
      throw new UserException("Option --" + name + " was given, but method " + method.id() + " has no " + name + ".");
    }
    given.put(name, value);
  }

  /**
   * Checks the words for layers against a U-Net or language model that has no weights yet.
   *
   * @throws UserException naming a word that no layer answers to
   */
  void requireTargets(Module model) {
    layers.requireThere(model.adaptableLayers());
    patterns().requireUse(selector().select(model.adaptableLayers()).keySet());
  }

  /** What the adapter's record says of the layers, if they are limited to some; check the targets first. */
  Optional<NumberedLayers> numberedLayers(Module model) {
    return layers.recorded(selector(), model.adaptableLayers());
  }

  /**
   * Attaches fresh adapters; libtorch's generator has been seeded.
   *
   * @param component what the model is called as a part of its base
   */
  AdapterSet attach(String component, Module model, MethodChoice choice, NDManager owner) {
    return Injector.attachFresh(component, model, selector(), choice, owner);
  }

  private TargetSelector selector() {
    return layers.within(TargetSelector.of(targets, exclude));
  }

  private OptionPatterns patterns() {
    Map<String, Map<String, String>> byOption = new LinkedHashMap<>();
    if (!rankPatterns.isEmpty()) {
      byOption.put("rank", rankPatterns);
    }
    if (!alphaPatterns.isEmpty()) {
      byOption.put("alpha", alphaPatterns);
    }
    return new OptionPatterns(byOption);
  }
}
