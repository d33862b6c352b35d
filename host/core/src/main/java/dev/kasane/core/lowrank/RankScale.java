package dev.kasane.core.lowrank;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How rank and alpha make the factor of an update.
 *
 * @param rank the inner dimension
 * @param alpha numerator; with rank-stabilised scaling the root of the rank is already inside, as in the files
 */
public record RankScale(int rank, double alpha) {
  private static final int LARGEST_RANK = 8192;

  /**
   * What the options {@code rank}, {@code alpha} and {@code use-rslora} say; an alpha of 0 means the rank.
   *
   * @throws UserException that names the option and what it may be
   */
  public static RankScale of(AdapterOptions options) {
    int rank = rank(options);
    double alpha = options.number(AdapterModule.ALPHA);
    if (alpha < 0) {
      throw new UserException("Option alpha is " + alpha + "; it must be positive, or 0 for the rank.");
    }
    return new RankScale(rank, (alpha == 0 ? rank : alpha) * (options.flag("use-rslora") ? Math.sqrt(rank) : 1));
  }

  /** What the option {@code rank} says. */
  public static int rank(AdapterOptions options) {
    return options.integer("rank", 1, LARGEST_RANK);
  }

  /** What a file says. */
  public static RankScale ofSaved(AdapterModule saved, long rank) {
    return new RankScale(Math.toIntExact(rank), saved.alpha(rank));
  }

  /** alpha / rank. */
  public double factor() {
    return alpha / rank;
  }

  /** The same factor for a product of so many times the rank. */
  public RankScale times(int count) {
    return new RankScale(count * rank, count * alpha);
  }

  /** What is saved beside the tensors. */
  public Map<String, Double> constants() {
    return Map.of(AdapterModule.ALPHA, alpha);
  }

  /** What reports say. */
  public Map<String, Double> facts() {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("rank", (double) rank);
    facts.put(AdapterModule.ALPHA, alpha);
    facts.put(AdapterModule.SCALE, factor());
    return facts;
  }
}
