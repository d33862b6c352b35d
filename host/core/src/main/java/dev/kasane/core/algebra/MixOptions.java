package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import java.util.Optional;

/**
 * How adapters are mixed.
 *
 * @param method the way
 * @param rank for methods that cut to a rank; without it the largest rank of the layer's adapters
 * @param density share of the entries that stay, for sparse methods
 * @param frequency elects signs by count and not by total magnitude
 * @param clamp quantile to which the factors of a cut are clamped, 1 for none
 * @param seed for random methods; each layer draws from a seed of its own, so that the order of layers and
 *     further adapters elsewhere do not matter
 */
public record MixOptions(MixMethod method, Optional<RankRule> rank, double density, boolean frequency,
    double clamp, long seed) {
  /**
   * Checks ranges.
   *
   * @throws UserException when a number is out of its range
   */
  public MixOptions {
    if (!(density >= 0 && density <= 1) || method.isRandom() && density == 0) {
      throw new UserException("The density is " + density + "; expected "
          + (method.isRandom() ? "above 0 and at most 1." : "0 to 1."));
    }
    if (!(clamp > 0 && clamp <= 1)) {
      throw new UserException("The clamp quantile is " + clamp + "; expected above 0 and at most 1.");
    }
    if (rank.isPresent() && !method.isDense()) {
      throw new UserException("A rank can be chosen only for methods that end in svd; " + method
          + " has the rank of its adapters" + (method == MixMethod.CAT ? " together." : "."));
    }
  }

  /** A method with its defaults: all entries, signs by magnitude, no clamp. */
  public static MixOptions of(MixMethod method) {
    return new MixOptions(method, Optional.empty(), 1, false, 1, 0);
  }
}
