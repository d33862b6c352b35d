package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Weight;

/**
 * A weight of its own in the place of the base's: what PEFT's {@code modules_to_save} and trained biases are.
 *
 * <p>The base's weight stays under it. Unlike an update it has no strength between all and nothing, and
 * of several in one place the last one attached counts.
 */
public final class WholeWeight {
  private final String component;
  private final String path;
  private final String parameter;
  private final Weight place;
  private final DenseWeight own;
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

  /** The component, the module's path and the weight's name, joined by dots. */
  public String name() {
    return component + "." + path + "." + parameter;
  }

  /** Covers the base's weight; does nothing when it does already. */
  void put() {
    if (!put) {
      place.cover(own);
      put = true;
    }
  }

  /** Uncovers the base's weight; does nothing when it does not cover it. */
  void takeBack() {
    place.uncover(own);
    put = false;
  }
}
