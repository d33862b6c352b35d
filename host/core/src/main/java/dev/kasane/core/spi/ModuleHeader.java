package dev.kasane.core.spi;

import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * What a header says of one module.
 *
 * @param shapes shapes by the parameters' neutral names; a constant such as {@code alpha} has one element
 */
public record ModuleHeader(Map<String, Shape> shapes) {
  /** Whether a parameter is there. */
  public boolean has(String parameter) {
    return shapes.containsKey(parameter);
  }

  /** Whether all of these are there. */
  public boolean hasAll(String... parameters) {
    for (String each : parameters) {
      if (!has(each)) {
        return false;
      }
    }
    return true;
  }

  /** Whether one of these is there. */
  public boolean hasAny(String... parameters) {
    for (String each : parameters) {
      if (has(each)) {
        return true;
      }
    }
    return false;
  }

  /** Number of a parameter's axes, 0 where it is not there. */
  public int axes(String parameter) {
    return has(parameter) ? shapes.get(parameter).dimension() : 0;
  }

  /** The size of a parameter's axis, −1 where there is none. */
  public long size(String parameter, int axis) {
    return axis >= 0 && axis < axes(parameter) ? shapes.get(parameter).get(axis) : -1;
  }
}
