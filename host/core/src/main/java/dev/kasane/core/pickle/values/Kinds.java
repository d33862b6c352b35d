package dev.kasane.core.pickle.values;

import dev.kasane.core.VisibleText;

/** What is found in a pickle, in words for messages. */
public final class Kinds {
  private Kinds() {}

  /** What kind of value this is, in Python's words. */
  public static String of(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof PickledDict) {
      return "a dict";
    }
    if (value instanceof PickledList) {
      return "a list";
    }
    if (value instanceof PickledTuple) {
      return "a tuple";
    }
    if (value instanceof String) {
      return "text";
    }
    if (value instanceof Number) {
      return "a number";
    }
    if (value instanceof PickledTensor) {
      return "a tensor";
    }
    return value instanceof OpaqueObject opaque
        ? VisibleText.shortened(opaque.toString()) : "a " + value.getClass().getSimpleName();
  }
}
