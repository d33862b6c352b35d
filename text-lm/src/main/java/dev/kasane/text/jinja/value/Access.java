package dev.kasane.text.jinja.value;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Attributes, items and slices of values. */
public final class Access {
  /** The key that is not there. */
  public static final Object MISSING = new Object();

  private Access() {}

  /** {@code value.name}: what the value itself has under the name, then its item. */
  public static Object attribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    Object own = own(value, name);
    if (own != MISSING) {
      return own;
    }
    Object item = find(value, name);
    return item != MISSING ? item : new Undefined(value == null ? "'None' has no attribute " + PythonText.repr(name)
        : "'" + Values.type(value) + " object' has no attribute " + PythonText.repr(name));
  }

  /** {@code value[key]}: the value's item, then what it has under the name. */
  public static Object item(Object value, Object key) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    Object item = find(value, key);
    if (item == MISSING && key instanceof String name) {
      item = own(value, name);
    }
    return item != MISSING ? item : new Undefined("'" + Values.type(value) + " object' has no "
        + (key instanceof String ? "attribute " : "element ") + PythonText.repr(key));
  }

  private static Object own(Object value, String name) {
    if (value instanceof Attributes object) {
      return object.attribute(name);
    }
    if (name.startsWith("__") || Methods.CHANGING.contains(name) && (value instanceof Map || isList(value))) {
      return new Undefined("access to attribute " + PythonText.repr(name) + " of " + PythonText.repr(
          Values.type(value)) + " object is unsafe.");
    }
    return Methods.has(value, name) ? Methods.bound(value, name) : MISSING;
  }

  private static boolean isList(Object value) {
    return value instanceof List && !(value instanceof Tuple) && !(value instanceof Range);
  }

  private static Object find(Object value, Object key) {
    if (value instanceof Map<?, ?> map) {
      Object found = isHashable(key) ? key(map, key) : MISSING;
      return found == MISSING ? MISSING : map.get(found);
    }
    boolean indexed = value instanceof List || value instanceof String;
    if (!indexed || !Operators.isWhole(key)) {
      return MISSING;
    }
    int size = Values.length(value);
    BigInteger place = Operators.whole(key);
    place = place.signum() < 0 ? place.add(BigInteger.valueOf(size)) : place;
    if (place.signum() < 0 || place.compareTo(BigInteger.valueOf(size)) >= 0) {
      return MISSING;
    }
    return value instanceof String text ? PythonText.part(text, place.intValue(), place.intValue() + 1)
        : ((List<?>) value).get(place.intValue());
  }

  /** The key of a map that equals another: numbers and truth values are one key in Python, 1, 1.0 and True. */
  public static Object key(Map<?, ?> map, Object key) {
    if (!isHashable(key)) {
      throw new JinjaException("unhashable type: '" + Values.type(key) + "'");
    }
    if (map.containsKey(key)) {
      return key;
    }
    return !Values.isNumeric(key) ? MISSING
        : map.keySet().stream().filter(each -> Values.isNumeric(each) && Values.equal(each, key))
            .map(Object.class::cast).findFirst().orElse(MISSING);
  }

  /** Whether a value can be a key: what can change cannot. */
  public static boolean isHashable(Object key) {
    return !(key instanceof List) && !(key instanceof Map) || key instanceof Tuple || key instanceof Range;
  }

  /** {@code value[start:stop:step]}; null is a bound that is not given. */
  public static Object slice(Object value, Object start, Object stop, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!(value instanceof List) && !(value instanceof String)) {
      throw new JinjaException(value instanceof Map ? "unhashable type: 'slice'"
          : "'" + Values.type(value) + "' object is not subscriptable");
    }
    long stride = step == null ? 1 : bound(step);
    if (stride == 0) {
      throw new JinjaException("slice step cannot be zero");
    }
    int size = Values.length(value);
    long from = start == null ? stride > 0 ? 0 : size - 1 : place(bound(start), size, stride);
    long to = stop == null ? stride > 0 ? size : -1 : place(bound(stop), size, stride);
    if (value instanceof Range range) {
      return range.slice(from, to, stride);
    }
    if (value instanceof String text && stride == 1) {
      return from < to ? PythonText.part(text, (int) from, (int) to) : "";
    }
    List<Object> all = Values.items(value);
    List<Object> picked = new ArrayList<>();
    for (long i = from; stride > 0 ? i < to : i > to; i += stride) {
      picked.add(all.get((int) i));
    }
    return value instanceof String ? picked.stream().map(String.class::cast).collect(Collectors.joining())
        : value instanceof Tuple ? new Tuple(picked) : picked;
  }

  private static long bound(Object value) {
    if (!Operators.isWhole(value)) {
      throw new JinjaException("slice indices must be integers or None");
    }
    BigInteger most = BigInteger.valueOf(Integer.MAX_VALUE);
    return Operators.whole(value).min(most).max(most.negate()).longValue();
  }

  private static long place(long bound, int size, long stride) {
    long at = bound < 0 ? bound + size : bound;
    return stride > 0 ? Math.max(0, Math.min(at, size)) : Math.max(-1, Math.min(at, size - 1));
  }
}
