package dev.kasane.text.jinja.value;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arguments of a call.
 *
 * @param positional those without names
 * @param named those with names
 */
public record Arguments(List<Object> positional, Map<String, Object> named) {
  public static final Arguments NONE = new Arguments(List.of(), Map.of());

  /**
   * Insists that only these are given.
   *
   * @param callee what is called, for the message
   * @param names the parameters in their order
   */
  public Arguments of(String callee, String... names) {
    if (positional.size() > names.length) {
      throw new JinjaException(callee + " takes at most " + names.length + " arguments, not " + positional.size());
    }
    Set<String> known = Set.of(names);
    for (String name : named.keySet()) {
      if (!known.contains(name)) {
        throw new JinjaException(callee + " got an unexpected keyword argument " + PythonText.repr(name));
      }
    }
    return this;
  }

  public boolean has(int place, String name) {
    return place < positional.size() || named.containsKey(name);
  }

  /** An argument by its place or its name, or what it is when it is not given. */
  public Object get(int place, String name, Object otherwise) {
    return place < positional.size() ? positional.get(place)
        : named.containsKey(name) ? named.get(name) : otherwise;
  }

  /** An argument that must be given. */
  public Object require(int place, String name) {
    if (!has(place, name)) {
      throw new JinjaException("missing argument " + PythonText.repr(name));
    }
    return get(place, name, null);
  }

  public boolean flag(int place, String name, boolean otherwise) {
    return Values.isTrue(get(place, name, otherwise));
  }

  public String text(int place, String name, String otherwise) {
    Object value = get(place, name, otherwise);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new JinjaException(name + " should be a text, not " + Values.type(value));
  }

  public int number(int place, String name, int otherwise) {
    long value = whole(get(place, name, (long) otherwise), name);
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  private static long whole(Object value, String name) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof Long number) {
      return number;
    } else if (value instanceof BigInteger large) {
      return large.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    throw new JinjaException(name + " should be a whole number, not " + Values.type(value));
  }
}
