package dev.kasane.plugin.peft;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a configuration says of one layer: whether it is targeted, its rank and its alpha.
 *
 * <p>The rules are PEFT's. A pattern counts for a layer when {@code ^(.*\.)?(pattern)$} matches its path, and
 * the first that does wins. A list of targets holds whole paths or their ends at a dot, a text is a regular
 * expression for the whole path.
 */
final class LayerRules {
  private static final String ALL_LINEAR = "all-linear";
  private static final String ENDS_WITH = "(?:.*\\.)?(?:%s)";
  private static final String NUMBERED = ".*?\\.[^.]*\\.(\\d+)\\.";

  private final PeftConfig config;
  private final List<ConfigPattern> rankPatterns;
  private final List<ConfigPattern> alphaPatterns;
  private final List<Integer> ranks;
  private final List<Double> alphas;
  private final Names targets;
  private final Names excluded;
  private final List<ConfigPattern> numbered = new ArrayList<>();
  private final Set<Integer> layers;

  LayerRules(PeftConfig config) {
    this.config = config;
    this.rankPatterns = patterns(config.ranks().keySet());
    this.alphaPatterns = patterns(config.alphas().keySet());
    this.ranks = List.copyOf(config.ranks().values());
    this.alphas = List.copyOf(config.alphas().values());
    this.targets = Names.of(config.texts("target_modules"), config.isText("target_modules"));
    this.excluded = Names.of(config.texts("exclude_modules"), config.isText("exclude_modules"));
    this.layers = config.layers();
    List<String> lists = config.texts("layers_pattern");
    lists.forEach(list -> numbered.add(new ConfigPattern(list, "(?:^|.*?\\.)(?:%s)\\.(\\d+)\\.")));
    if (lists.isEmpty()) {
      numbered.add(new ConfigPattern(NUMBERED, "%s"));
    }
  }

  private static List<ConfigPattern> patterns(Iterable<String> keys) {
    List<ConfigPattern> patterns = new ArrayList<>();
    keys.forEach(key -> patterns.add(new ConfigPattern(key, ENDS_WITH)));
    return patterns;
  }

  /** The rank that the configuration gives a layer. */
  int rank(String path) {
    return first(rankPatterns, ranks, config.rank(), path);
  }

  /** The alpha that the configuration gives a layer, before any rule of scaling. */
  double alpha(String path) {
    return first(alphaPatterns, alphas, config.alpha(), path);
  }

  /** The alpha for which alpha/rank is PEFT's scale: under rsLoRA alpha·√rank. */
  double neutralAlpha(String path) {
    double alpha = alpha(path);
    return config.flag("use_rslora") ? alpha * Math.sqrt(rank(path)) : alpha;
  }

  private static <T> T first(List<ConfigPattern> patterns, List<T> values, T otherwise, String path) {
    for (int i = 0; i < patterns.size(); i++) {
      if (patterns.get(i).matches(path)) {
        return values.get(i);
      }
    }
    return otherwise;
  }

  /** Whether the configuration puts an adapter on a layer; one without targets leaves that to the model's kind. */
  boolean targets(String path) {
    if (excluded != null && excluded.match(path)) {
      return false;
    }
    if (targets == null || targets.isAll() || tiesAlong(path)) {
      return true;
    }
    return targets.match(path) && (targets.expression() != null || isInLayers(path));
  }

  /**
   * Whether a layer may have an adapter because another one with the same weight has: with {@code ensure_weight_tying}
   * PEFT puts one on the head beside the embedding's, and the other way around.
   */
  private boolean tiesAlong(String path) {
    return config.flag("ensure_weight_tying") && numbered.stream().allMatch(each -> each.firstGroup(path) == null);
  }

  private boolean isInLayers(String path) {
    if (layers.isEmpty()) {
      return true;
    }
    for (ConfigPattern pattern : numbered) {
      String number = pattern.firstGroup(path);
      if (number != null) {
        return number.length() < 10 && layers.contains(Integer.parseInt(number));
      }
    }
    return false;
  }

  /** Names of layers, or one expression in their place. */
  private record Names(List<String> names, ConfigPattern expression) {
    static Names of(List<String> texts, boolean expression) {
      if (texts.isEmpty()) {
        return null;
      }
      boolean all = expression && texts.get(0).equals(ALL_LINEAR);
      return new Names(texts, expression && !all ? new ConfigPattern(texts.get(0), "%s") : null);
    }

    boolean isAll() {
      return expression == null && names.equals(List.of(ALL_LINEAR));
    }

    boolean match(String path) {
      return expression != null ? expression.matches(path)
          : names.stream().anyMatch(name -> path.equals(name) || path.endsWith("." + name));
    }
  }
}
