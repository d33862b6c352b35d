package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.ScaledPair;

/**
 * The best approximation of an update at a lower rank (Eckart and Young 1936), by singular values.
 *
 * @param update what is left, its scale as it was
 * @param lost the Frobenius norm of what was cut off, scale included
 * @param whole the Frobenius norm of the update before, scale included; NaN where
 *     nothing had to be decomposed
 */
public record Truncation(ScaledPair update, double lost, double whole) {
  /**
   * Decomposes a dense update.
   *
   * @param delta (out, in) or (out, in, k, k), float32; a convolution is flattened after its first axis, as
   *     in kohya's scripts
   * @param rule how many ranks stay
   * @param clamp quantile beyond which the factors' entries are cut to it, or 1 for none
   * @param scope owner of the result
   */
  public static Truncation of(NDArray delta, RankRule rule, double clamp, NDManager scope) {
    requireFinite(delta);
    Shape shape = delta.getShape();
    NDArray matrix = delta.reshape(shape.get(0), shape.size() / shape.get(0));
    return cut(ALGEBRA.svd(scope, matrix), rule, clamp, 1, shape, scope);
  }

  /**
   * Lowers the rank of factors without making their product: QR of each, then the decomposition of a matrix
   * of rank by rank.
   *
   * @param pair the update; its scale is kept
   * @param rule how many ranks stay; a rank above the present one changes nothing but the basis
   * @param scope owner of the result
   */
  public static Truncation of(ScaledPair pair, RankRule rule, NDManager scope) {
    requireFinite(pair.down());
    requireFinite(pair.up());
    AlgebraOps.Svd svd = ALGEBRA.svdOfFactors(scope, pair.down(), pair.up());
    return cut(svd, rule, 1, pair.scale(), pair.shape(), scope);
  }

  /** An update of which nothing is cut off. */
  static Truncation none(ScaledPair update) {
    return new Truncation(update, 0, Double.NaN);
  }

  private static void requireFinite(NDArray x) {
    if (!Double.isFinite(ALGEBRA.norm(x))) {
      throw new UserException("An update holds values that are no finite numbers and cannot be decomposed; a"
          + " training diverged or a file is damaged. Use another file.");
    }
  }

  private static Truncation cut(AlgebraOps.Svd svd, RankRule rule, double clamp, double scale, Shape shape,
      NDManager scope) {
    double[] values = doubles(svd.values());
    int rank = rule.rank(values);
    NDArray up = ALGEBRA.left(scope, svd.left(), svd.values(), rank);
    NDArray down = ALGEBRA.right(scope, svd.right(), rank);
    if (clamp < 1) {
      double limit = ALGEBRA.quantile(up, down, clamp);
      up = ALGEBRA.clamped(scope, up, limit);
      down = ALGEBRA.clamped(scope, down, limit);
    }
    double factor = Math.abs(scale);
    return new Truncation(new ScaledPair(down, up, scale, shape), factor * norm(values, rank),
        factor * norm(values, 0));
  }

  private static double[] doubles(NDArray values) {
    return values.toType(DataType.FLOAT64, false).toDoubleArray();
  }

  private static double norm(double[] values, int from) {
    double sum = 0;
    for (int i = from; i < values.length; i++) {
      sum += values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
