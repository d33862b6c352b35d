package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Weight;

/**
 * A weight of its own in the place of the base's: what PEFT's {@code modules_to_save} and trained biases are.
 *
 * <p>The base's weight W₀ stays under it. Like an update it has a strength and several add up: what counts is
 * W₀ + Σ strength·(W − W₀).
 */
public final class WholeWeight {
  private final String component;
  private final String path;
  private final String parameter;
  private final Weight place;
  private final DenseWeight own;
  private double strength = 1;
  private boolean put;

  /**
   * @param component which part of the base model
   * @param path the module that the weight belongs to
   * @param parameter its name there: {@code weight}, {@code bias}
   * @param place where it goes
   * @param values float32, of the place's shape
   */
  WholeWeight(String component, String path, String parameter, Weight place, NDArray values) {
    this.component = component;
    this.path = path;
    this.parameter = parameter;
    this.place = place;
    this.own = new DenseWeight(values);
  }

  /** Which part of the base model. */
  public String component() {
    return component;
  }

  /** The module that the weight belongs to. */
  public String path() {
    return path;
  }

  /** The weight's name in its module. */
  public String parameter() {
    return parameter;
  }

  /** The live values. */
  public NDArray values() {
    return own.array();
  }

  /** The component and the module's path, joined by a dot. */
  public String module() {
    return component + "." + path;
  }

  /** The component, the module's path and the weight's name, joined by dots. */
  public String name() {
    return module() + "." + parameter;
  }

  /** Covers the base's weight; does nothing when it does already. */
  void put() {
    if (!put) {
      cover();
      put = true;
    }
  }

  private void cover() {
    if (strength != 0) {
      place.cover(own, strength);
    }
  }

  /** Sets how much of the difference to the base's weight counts, 1 for all of it. */
  void strength(double value) {
    strength = value;
    if (put) {
      place.uncover(own);
      cover();
    }
  }

  /** Uncovers the base's weight; does nothing when it does not cover it. */
  void takeBack() {
    place.uncover(own);
    put = false;
  }
}
