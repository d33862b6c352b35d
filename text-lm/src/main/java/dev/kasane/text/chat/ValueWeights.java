package dev.kasane.text.chat;

import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * How much the values of a template hold when they are written out. A list that holds another twice, which holds
 * another twice, is small in memory but has no end in print; so what stands in variables is weighed.
 */
final class ValueWeights {
  /** Values in lists and dictionaries, and pieces of texts. */
  private static final long MOST = 200_000;
  private static final int CHARACTERS_A_PIECE = 256;
  /** The weight of what is being weighed: met again, it holds itself. */
  private static final Long OPEN = -1L;

  private final Map<Object, Long> known = new IdentityHashMap<>();

  /** Forgets what was weighed, since some of it may have changed. */
  void forget() {
    known.clear();
  }

  /**
   * Weighs the variables of a scope.
   *
   * @throws UserException when one holds too much, or itself
   */
  void check(Map<String, Object> variables) {
    variables.values().forEach(this::weight);
  }

  private long weight(Object value) {
    if (value instanceof CharSequence text) {
      return 1 + text.length() / CHARACTERS_A_PIECE;
    }
    if (!(value instanceof Collection) && !(value instanceof Map)) {
      return 1;
    }
    Long before = known.put(value, OPEN);
    long weight = before == null ? 1 : before;
    if (OPEN.equals(before)) {
      throw new UserException("it makes a list that holds itself");
    }
    if (before == null) {
      for (Object inner : value instanceof Map<?, ?> map ? map.values() : (Collection<?>) value) {
        weight += weight(inner);
        if (weight > MOST) {
          throw new UserException("it makes a list of lists with more than " + MOST + " values in all");
        }
      }
    }
    known.put(value, weight);
    return weight;
  }
}
