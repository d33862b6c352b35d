package dev.kasane.core.injection;

import dev.kasane.core.BoundedPattern;
import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Strengths for some blocks of a model, by which an adapter's own strength is multiplied.
 *
 * <p>A pattern is a regular expression for whole dotted parts anywhere in {@code component.path}:
 * {@code mid_block}, {@code up_blocks.1}, {@code attn2}, {@code text_encoder},
 * {@code down_blocks.[01].attentions}. Of the patterns that fit a layer the first counts; a layer that none
 * fits has 1.
 */
public final class BlockWeights {
  private final Map<String, Double> weights;
  private final Map<String, BoundedPattern> patterns = new LinkedHashMap<>();

  /**
   * @param weights pattern → weight; the order counts
   * @throws UserException for a pattern that is no regular expression, or a weight that is no finite number
   */
  public BlockWeights(Map<String, Double> weights) {
    this.weights = new LinkedHashMap<>(weights);
    this.weights.forEach((text, weight) -> {
      if (!Double.isFinite(weight)) {
        throw new UserException("The weight of block '" + text + "' is " + weight + "; expected a number.");
      }
      patterns.put(text, BoundedPattern.of(text, "(.*\\.)?(%s)(\\..*)?"));
    });
  }

  /** 1 for every layer. */
  public static BlockWeights none() {
    return new BlockWeights(Map.of());
  }

  /**
   * The factor for a layer.
   *
   * @param name its component and path, joined by a dot
   */
  public double weight(String name) {
    return patterns.entrySet().stream().filter(each -> each.getValue().matches(name)).findFirst()
        .map(each -> weights.get(each.getKey())).orElse(1.0);
  }

  /** Whether one of the patterns fits a layer. */
  public boolean names(String name) {
    return patterns.values().stream().anyMatch(pattern -> pattern.matches(name));
  }

  /**
   * Insists that every pattern fits a layer.
   *
   * @param names component and path of every layer that an adapter changes
   * @throws UserException that names a pattern which fits none
   */
  public void requireUse(Collection<String> names) {
    patterns.forEach((text, pattern) -> {
      if (names.stream().noneMatch(name -> pattern.matches(name))) {
        throw new UserException("The block '" + text + "' is in none of the " + names.size()
            + " adapted layers" + names.stream().findFirst().map(name -> ", such as " + name).orElse("")
            + ". Name whole parts between dots, such as mid_block, up_blocks.1 or attn2.");
      }
    });
  }

  @Override
  public String toString() {
    return weights.toString();
  }
}
