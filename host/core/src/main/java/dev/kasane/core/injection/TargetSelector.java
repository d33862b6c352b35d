package dev.kasane.core.injection;

import dev.kasane.core.NearNames;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Picks the layers that get adapters.
 *
 * <p>A selection is a list of words to include and one to exclude. A word is
 * <ul>
 *   <li>a preset: {@code attn-qkv}, {@code attn} (query, key, value and output projections; the default),
 *       {@code attn-mlp}, {@code all-linear}, {@code full} (linear layers and convolutions). The last two
 *       leave a language model's output head out; name it to have it;
 *   <li>a regular expression, when it starts with {@code re:} or contains one of {@code \ ^ $ * + ? ( ) [ ]
 *       { } |}. It must match the whole path, as with PEFT;
 *   <li>otherwise a name: the whole path or its end at a dot, as with PEFT. {@code to_q} picks every query
 *       projection, {@code attn2.to_k} the keys of cross-attention.
 * </ul>
 * A word that matches no layer of the model is an error, in either list.
 */
public final class TargetSelector {
  private static final int SUGGESTIONS = 4;

  private final List<TargetPattern> include;
  private final List<TargetPattern> exclude;
  private final LayerNumbers numbers;

  private TargetSelector(List<TargetPattern> include, List<TargetPattern> exclude, LayerNumbers numbers) {
    this.include = include;
    this.exclude = exclude;
    this.numbers = numbers;
  }

  /**
   * @param include words to pick layers by; empty for the default
   * @param exclude words to leave layers out by
   * @throws UserException for a regular expression that is none, or an empty word
   */
  public static TargetSelector of(List<String> include, List<String> exclude) {
    List<String> wanted = include.isEmpty() ? List.of(TargetPreset.ATTN.word()) : include;
    return new TargetSelector(wanted.stream().map(TargetPattern::parse).toList(),
        exclude.stream().map(TargetPattern::parse).toList(), LayerNumbers.ANY);
  }

  /**
   * The same selection within some of a model's numbered layers, PEFT's {@code layers_to_transform}.
   *
   * <p>A layer's number is the first in its path, as in {@code model.layers.7.mlp.up_proj}, or with
   * {@code lists} the number after one of these names.
   *
   * @param layers the numbers, from 0; empty for all
   * @param lists names or regular expressions of the lists that are counted, PEFT's {@code layers_pattern}
   */
  public TargetSelector inLayers(Set<Integer> layers, List<String> lists) {
    return new TargetSelector(include, exclude, LayerNumbers.of(layers, lists));
  }

  /** The presets' names, smallest set first. */
  public static List<String> presets() {
    return Arrays.stream(TargetPreset.values()).map(TargetPreset::word).toList();
  }

  /**
   * The layers that are picked, in the model's order.
   *
   * @param layers a model's layers by path, from {@code Module.adaptableLayers()}
   * @throws UserException when a word matches nothing, or everything picked is excluded again
   */
  public Map<String, AdaptableLayer> select(Map<String, AdaptableLayer> layers) {
    include.forEach(pattern -> requireMatch(pattern, layers));
    exclude.forEach(pattern -> requireMatch(pattern, layers));
    Map<String, AdaptableLayer> picked = new LinkedHashMap<>();
    layers.forEach((path, layer) -> {
      if (anyMatches(include, path, layer) && !anyMatches(exclude, path, layer) && numbers.include(path)) {
        picked.put(path, layer);
      }
    });
    if (picked.isEmpty()) {
      throw new UserException("The targets " + words(include) + " pick no layer because "
          + (numbers.isAny() ? words(exclude) + " excludes them all. Exclude less."
              : "none of them is in " + numbers + (exclude.isEmpty() ? "" : " and not excluded")
                  + ". Numbers begin with 0."));
    }
    Set<Integer> unused = numbers.unused(picked.keySet());
    if (!unused.isEmpty()) {
      throw new UserException("The targets " + words(include) + " pick nothing in layers " + unused
          + ", only in others. Numbers begin with 0.");
    }
    return picked;
  }

  /** Whether the model has a layer of a number, from 0, in the lists that {@link #inLayers} takes. */
  public static boolean hasLayer(int number, List<String> lists, Map<String, AdaptableLayer> layers) {
    LayerNumbers wanted = LayerNumbers.of(Set.of(number), lists);
    return layers.keySet().stream().anyMatch(wanted::include);
  }

  /**
   * The selection as PEFT says it beside {@code layers_to_transform}: ends of paths that pick the same within the
   * same numbered layers.
   *
   * @param layers a model's layers by path
   * @return the ends; empty when the layers are not limited, or differ from one another in what is picked
   */
  public List<String> namesWithinLayers(Map<String, AdaptableLayer> layers) {
    Set<String> picked = select(layers).keySet();
    List<String> names = picked.stream().map(numbers::withinLayer).distinct().toList();
    TargetSelector byName = new TargetSelector(names.stream().map(TargetPattern::name).toList(), List.of(), numbers);
    return !numbers.isAny() && byName.select(layers).keySet().equals(picked) ? names : List.of();
  }

  private static void requireMatch(TargetPattern pattern, Map<String, AdaptableLayer> layers) {
    if (layers.entrySet().stream().noneMatch(e -> pattern.matches(e.getKey(), e.getValue().kind()))) {
      throw new UserException("Target '" + pattern.text() + "' matches none of the model's " + layers.size()
          + " layers. Near names: " + String.join(", ", near(pattern.text(), layers))
          + ". Presets: " + String.join(", ", presets()) + ".");
    }
  }

  private static List<String> near(String text, Map<String, AdaptableLayer> layers) {
    TreeSet<String> ends = new TreeSet<>();
    for (String path : layers.keySet()) {
      List<String> parts = new ArrayList<>(List.of(path.split("\\.")));
      int longest = Math.min(parts.size(), Math.max(2, text.split("\\.").length));
      for (int length = 1; length <= longest; length++) {
        ends.add(String.join(".", parts.subList(parts.size() - length, parts.size())));
      }
    }
    ends.removeIf(end -> end.chars().allMatch(Character::isDigit));
    return NearNames.of(text, ends, SUGGESTIONS);
  }

  private static boolean anyMatches(List<TargetPattern> patterns, String path, AdaptableLayer layer) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path, layer.kind()));
  }

  private static String words(List<TargetPattern> patterns) {
    return String.join(", ", patterns.stream().map(TargetPattern::text).toList());
  }
}
