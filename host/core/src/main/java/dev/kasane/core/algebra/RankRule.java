package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import java.util.Locale;

/**
 * How many ranks of a decomposition are kept. A dynamic rule keeps the fewest ranks with which its condition
 * holds; those named after sd-scripts' {@code resize_lora} keep one more, as that script does. Never are more kept
 * than there are: where an adapter's own rank does not meet the condition, sd-scripts add one of rounding errors.
 *
 * @param kind the condition
 * @param target its number; of no meaning for a fixed rank
 * @param least at least so many ranks, from 1
 * @param most at most so many; the rank itself when it is fixed
 */
public record RankRule(Kind kind, double target, int least, int most) {
  private static final int LARGEST_RANK = 8192;
  /** A decomposition whose first value is not above this is that of nothing, as in sd-scripts. */
  private static final double NOTHING = 1e-6;

  /** What decides. */
  public enum Kind {
    /** The number alone. */
    FIXED,
    /** Every singular value above the largest divided by the target, and one more. */
    SV_RATIO,
    /** The sum of the values reaches this share of the whole, and one more. */
    SV_CUMULATIVE,
    /** As {@link #FROBENIUS}, and one more. */
    SV_FRO,
    /** The root of the sum of squares, the Frobenius norm, reaches this share of the whole. */
    FROBENIUS,
    /** The sum of squares, the energy, reaches this share of the whole. */
    ENERGY
  }

  /**
   * Checks the numbers.
   *
   * @throws UserException when one is out of its range
   */
  public RankRule {
    if (least < 1 || most < least || most > LARGEST_RANK) {
      throw new UserException("Ranks from " + least + " to " + most + " make no sense: expected at least 1, at"
          + " most " + LARGEST_RANK + ", and the smallest not above the largest.");
    }
    boolean fits = switch (kind) {
      case FIXED -> true;
      case SV_RATIO -> target >= 1 && Double.isFinite(target);
      default -> target > 0 && target <= 1;
    };
    if (!fits) {
      throw new UserException("The " + kind.name().toLowerCase(Locale.ROOT) + " to keep is " + target
          + "; expected " + (kind == Kind.SV_RATIO ? "1 or more." : "above 0 and at most 1."));
    }
  }

  /** Exactly this rank, or what the matrix has if that is less. */
  public static RankRule fixed(int rank) {
    return new RankRule(Kind.FIXED, 0, 1, rank);
  }

  /** A dynamic rule without bounds. */
  public static RankRule of(Kind kind, double target) {
    return new RankRule(kind, target, 1, LARGEST_RANK);
  }

  /** The same rule within bounds. */
  public RankRule within(int fewest, int largest) {
    return new RankRule(kind, target, fewest, largest);
  }

  /** The rule in a few words, for metadata. */
  public String text() {
    return kind == Kind.FIXED ? "rank " + most : kind.name().toLowerCase(Locale.ROOT) + " " + target
        + ", ranks " + least + " to " + most;
  }

  /**
   * The rank for a matrix; 1 for one of zeros, whatever the rule.
   *
   * @param values its singular values, the largest first
   */
  public int rank(double[] values) {
    if (values.length == 0 || values[0] <= NOTHING) {
      return 1;
    }
    int wanted = switch (kind) {
      case FIXED -> most;
      case SV_RATIO -> above(values, values[0] / target) + 1;
      case SV_CUMULATIVE -> reaching(values, 1, target) + 1;
      case SV_FRO -> reaching(values, 2, target * target) + 1;
      case FROBENIUS -> reaching(values, 2, target * target);
      case ENERGY -> reaching(values, 2, target);
    };
    return Math.min(values.length, Math.max(least, Math.min(most, wanted)));
  }

  private static int above(double[] values, double bound) {
    int count = 0;
    while (count < values.length && values[count] > bound) {
      count++;
    }
    return Math.max(1, count);
  }

  private static int reaching(double[] values, int power, double share) {
    double total = 0;
    for (double value : values) {
      total += Math.pow(value, power);
    }
    double sum = 0;
    int rank = 0;
    while (rank < values.length && (rank == 0 || sum / total < share)) {
      sum += Math.pow(values[rank++], power);
    }
    return rank;
  }
}
