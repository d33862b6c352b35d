package dev.kasane.core.module;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.List;

/**
 * A named place for one weight of a module: its shape is known before its values are.
 *
 * <p>Whole weights of adapters lie over the place's own values as covers, each with a strength: what counts is
 * W₀ + Σ strength·(W − W₀), which is W for one cover of strength 1.
 */
public final class Weight {
  private final Shape shape;
  private final Weight lender;
  private final List<Cover> covers = new ArrayList<>();
  private FrozenWeight value;
  private FrozenWeight merged;
  private DenseWeight mixed;

  /** Values over a place's own, with a strength. */
  private record Cover(DenseWeight values, double strength) {}

  Weight(Shape shape) {
    this(shape, null);
  }

  /** A place that shows the own values of another one of the same shape until it is given its own. */
  static Weight tiedTo(Weight lender) {
    return new Weight(lender.shape, lender);
  }

  private Weight(Shape shape, Weight lender) {
    this.shape = shape;
    this.lender = lender;
  }

  /** The declared shape. */
  public Shape shape() {
    return shape;
  }

  /** Whether values have been given. */
  public boolean isSet() {
    return value != null || isBorrowed() && lender.isSet();
  }

  /** Whether the values are those of another place, so that a checkpoint need not hold them twice. */
  boolean isBorrowed() {
    return lender != null && merged == null && (value == null || value == lender.value);
  }

  /** Whether two places show the same values unless one of them is covered (tied embeddings). */
  public boolean isTiedTo(Weight other) {
    return isBorrowed() && lender == other || other.isBorrowed() && other.lender == this;
  }

  /**
   * Gives the values.
   *
   * @throws IllegalArgumentException when the shape is another one; loaders check that first
   */
  public void set(FrozenWeight weight) {
    requireShape(weight);
    this.value = weight;
    forgetMixed();
  }

  private void requireShape(FrozenWeight weight) {
    if (!weight.shape().equals(shape)) {
      throw new IllegalArgumentException("A weight of shape " + weight.shape() + " where " + shape + " belongs");
    }
  }

  /**
   * Puts other values, in float32, over the weight's own, which stay. A place that is tied to this one goes on
   * showing the own values, as in PEFT.
   *
   * @param strength how much of the difference counts, 1 for all of it
   * @throws IllegalArgumentException when the shape is another one
   */
  public void cover(DenseWeight cover, double strength) {
    requireShape(cover);
    covers.add(new Cover(cover, strength));
    forgetMixed();
  }

  /** Takes a cover off again, in any order; does nothing when it is not there. */
  public void uncover(DenseWeight cover) {
    if (covers.removeIf(each -> each.values() == cover)) {
      forgetMixed();
    }
  }

  /** Puts a weight over everything, covers too, or takes it off again with null. */
  void merge(FrozenWeight all) {
    if (all != null) {
      requireShape(all);
    }
    merged = all;
  }

  /** The weight that counts. */
  public FrozenWeight get() {
    if (merged != null) {
      return merged;
    }
    if (covers.isEmpty()) {
      return own();
    }
    Cover first = covers.get(0);
    if (covers.size() == 1 && first.strength() == 1) {
      return first.values();
    }
    if (mixed == null) {
      mixed = mix();
    }
    return mixed;
  }

  /** The weight without what lies over it; that of the other place where it is tied. */
  public FrozenWeight own() {
    if (value == null && lender != null) {
      return lender.own();
    }
    if (value == null) {
      throw new IllegalStateException("A weight of shape " + shape + " is used before it was loaded");
    }
    return value;
  }

  private DenseWeight mix() {
    double rest = 1 - covers.stream().mapToDouble(Cover::strength).sum();
    NDArray first = covers.get(0).values().array();
    try (NDManager scope = first.getManager().newSubManager(); GradMode off = GradMode.off()) {
      NDArray sum = OPS.scale(OPS.cast(Ops.alias(own().materialise(scope), scope), DataType.FLOAT32), rest);
      for (Cover each : covers) {
        sum = sum.add(OPS.scale(Ops.alias(each.values().array(), scope), each.strength()));
      }
      sum.attach(first.getManager());
      return new DenseWeight(sum);
    }
  }

  private void forgetMixed() {
    if (mixed != null) {
      mixed.array().close();
      mixed = null;
    }
  }

  /** The dense values for use in a step. */
  public NDArray dense(NDManager scope) {
    return get().materialise(scope);
  }
}
