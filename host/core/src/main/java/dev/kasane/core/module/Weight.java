package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import java.util.ArrayList;
import java.util.List;

/** A named place for one weight of a module: its shape is known before its values are. */
public final class Weight {
  private final Shape shape;
  private final Weight lender;
  private final List<FrozenWeight> covers = new ArrayList<>();
  private FrozenWeight value;

  Weight(Shape shape) {
    this(shape, null);
  }

  /** A place that shows the values of another one of the same shape until it is given its own. */
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
    return lender != null && (value == null || lender.isSet() && lender.get() == value);
  }

  /**
   * Gives the values.
   *
   * @throws IllegalArgumentException when the shape is another one; loaders check that first
   */
  public void set(FrozenWeight weight) {
    requireShape(weight);
    this.value = weight;
  }

  private void requireShape(FrozenWeight weight) {
    if (!weight.shape().equals(shape)) {
      throw new IllegalArgumentException("A weight of shape " + weight.shape() + " where " + shape + " belongs");
    }
  }

  /**
   * Puts other values over the weight's own, which stay; of several covers the last one counts.
   *
   * @throws IllegalArgumentException when the shape is another one
   */
  public void cover(FrozenWeight cover) {
    requireShape(cover);
    covers.add(cover);
  }

  /** Takes a cover off again, in any order; does nothing when it is not there. */
  public void uncover(FrozenWeight cover) {
    covers.removeIf(each -> each == cover);
  }

  /** The weight that counts: the last cover, or the weight's own values. */
  public FrozenWeight get() {
    if (!covers.isEmpty()) {
      return covers.get(covers.size() - 1);
    }
    if (value == null && lender != null) {
      return lender.get();
    }
    if (value == null) {
      throw new IllegalStateException("A weight of shape " + shape + " is used before it was loaded");
    }
    return value;
  }

  /** The dense values for use in a step. */
  public NDArray dense(NDManager scope) {
    return get().materialise(scope);
  }
}
