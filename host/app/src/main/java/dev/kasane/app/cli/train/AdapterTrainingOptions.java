package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.LayerOptions;
import dev.kasane.app.recipe.DependentOptions;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.training.AdapterWish;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.OptionPatterns;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      throw e.behind("--" + option + "-pattern " + layers + "=" + value + ": ");
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
   * What is to be trained.
   *
   * @param further which layers of other parts of the base than its first, by component
   * @param wholes what is trained whole
   */
  AdapterWish wish(Map<String, TargetSelector> further, AdapterWish.Wholes wholes) {
    TargetSelector selector = layers.within(TargetSelector.of(targets, exclude));
    return new AdapterWish(method, this::check, new AdapterWish.Targets(selector, layers::requireThere,
        all -> layers.recorded(selector, all)), patterns(), further, wholes);
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
