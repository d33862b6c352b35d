package dev.kasane.core.pickle.values;

import java.math.BigInteger;
import java.util.Comparator;

/**
 * What may be a dict key or set member, and a total order over it: none, truth values, integers, floats,
 * text, opaque names, and tuples of those that hold no tuple themselves.
 */
final class KeyOrder implements Comparator<Object> {
  static final KeyOrder INSTANCE = new KeyOrder();

  private static final int NOT_A_KEY = -1;
  private static final int TUPLE = 7;
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
    int kind = kind(key);
    return kind != NOT_A_KEY && kind != TUPLE
        && (!(key instanceof String text) || text.length() <= PickleBudget.MAX_KEY_LENGTH);
  }

  private static int kind(Object key) {
    if (key == null) {
      return 0;
    }
    if (key instanceof Boolean) {
      return 1;
    }
    if (key instanceof Long) {
      return 2;
    }
    if (key instanceof BigInteger) {
      return 3;
    }
    if (key instanceof Double) {
      return 4;
    }
    if (key instanceof String) {
      return 5;
    }
    if (key instanceof OpaqueObject) {
      return 6;
    }
    return key instanceof PickledTuple ? TUPLE : NOT_A_KEY;
  }

  @Override
  public int compare(Object left, Object right) {
    if (left == right) {
      return 0;
    }
    int kind = kind(left);
    if (kind != kind(right)) {
      return Integer.compare(kind, kind(right));
    }
    return switch (kind) {
      case 1 -> ((Boolean) left).compareTo((Boolean) right);
      case 2 -> ((Long) left).compareTo((Long) right);
      case 3 -> ((BigInteger) left).compareTo((BigInteger) right);
      case 4 -> ((Double) left).compareTo((Double) right);
      case 5 -> ((String) left).compareTo((String) right);
      case 6 -> ((OpaqueObject) left).compareTo((OpaqueObject) right);
      case TUPLE -> compareTuples((PickledTuple) left, (PickledTuple) right);
      default -> throw new ClassCastException("no key: " + Kinds.of(left));
    };
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
