package dev.kasane.core.pickle.values;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;

/**
 * What may be a dict key or set member, and a total order over it: none, truth values, integers, floats,
 * text, opaque names, and tuples of those that hold no tuple themselves.
 */
final class KeyOrder implements Comparator<Object> {
  static final KeyOrder INSTANCE = new KeyOrder();

  /** In their order; none comes before them and tuples after. */
  private static final List<Class<?>> SCALARS =
      List.of(Boolean.class, Long.class, BigInteger.class, Double.class, String.class, OpaqueObject.class);
  private static final int MAX_TUPLE_MEMBERS = 64;

  private KeyOrder() {}

  static void requireKey(Object key) throws MalformedPickle {
    if (!isKey(key)) {
      throw new MalformedPickle("uses " + Kinds.of(key)
          + " as a dict key or set member; only short text,"
          + " numbers and flat tuples of them are expected there");
    }
  }

  static boolean isKey(Object key) {
    if (!(key instanceof PickledTuple tuple)) {
      return isScalarKey(key);
    }
    return tuple.size() <= MAX_TUPLE_MEMBERS && tuple.stream().allMatch(KeyOrder::isScalarKey);
  }

  private static boolean isScalarKey(Object key) {
    return key == null || SCALARS.contains(key.getClass())
        && (!(key instanceof String text) || text.length() <= PickleBudget.MAX_KEY_LENGTH);
  }

  private static int kind(Object key) {
    return key instanceof PickledTuple ? SCALARS.size() : key == null ? -1 : SCALARS.indexOf(key.getClass());
  }

  @Override
  @SuppressWarnings("unchecked") // keys of one kind are of one class
  public int compare(Object left, Object right) {
    int kinds = Integer.compare(kind(left), kind(right));
    if (left == right || kinds != 0) {
      return kinds;
    }
    return left instanceof PickledTuple tuple ? compareTuples(tuple, (PickledTuple) right)
        : ((Comparable<Object>) left).compareTo(right);
  }

  private int compareTuples(PickledTuple left, PickledTuple right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
