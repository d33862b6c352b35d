package dev.kasane.core.pickle;

/** Names from files, made fit for messages. */
final class Quoted {
  private static final int LONGEST = 120;

  private Quoted() {
  }

  /** The name, shortened and without control characters. */
  static String of(String name) {
    String shown = name.length() <= LONGEST ? name : name.substring(0, LONGEST) + "…";
    StringBuilder clean = new StringBuilder();
    shown.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '\ufffd' : (char) c));
    return clean.toString();
  }

  /** What kind of value this is, in Python's words. */
  static String kindOf(Object value) {
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
        ? of(opaque.toString()) : "a " + value.getClass().getSimpleName();
  }
}
