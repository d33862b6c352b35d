package dev.kasane.quant.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Foretells what is asked for next in a sequence that repeats itself, such as the weights of step after step: what
 * followed when the same things were last asked for in the same order.
 *
 * @param <T> compared by identity
 */
final class NextInLine<T> {
  /** How far back it remembers: more than two steps of a model of a thousand layers, each run three times a step. */
  private static final int LONGEST = 1 << 13;

  private final List<T> asked = new ArrayList<>();
  /** What is asked for next is thought to be what stands here; 0 where nothing is. */
  private int expected;

  /**
   * Notes what is asked for now.
   *
   * @return what will be next, if that can be told
   */
  Optional<T> after(T now) {
    boolean foretold = expected > 0 && asked.get(expected) == now;
    forgetTheOldest();
    asked.add(now);
    expected = foretold ? expected + 1 : afterTheLongestRunLikeTheLast();
    // Where it has caught up with the end, the next is not known yet.
    return expected > 0 && expected < asked.size() ? Optional.of(asked.get(expected)) : Optional.empty();
  }

  private void forgetTheOldest() {
    if (asked.size() == LONGEST) {
      asked.subList(0, LONGEST / 2).clear();
      expected = Math.max(0, expected - LONGEST / 2);
    }
  }

  /** The place after an earlier run that ends as the sequence does, the longest and of these the latest. */
  private int afterTheLongestRunLikeTheLast() {
    int best = 0;
    int longest = 0;
    for (int end = asked.size() - 2; end >= longest; end--) {
      int length = commonRun(end);
      if (length > longest) {
        longest = length;
        best = end + 1;
      }
    }
    return best;
  }

  private int commonRun(int end) {
    int last = asked.size() - 1;
    int length = 0;
    while (length <= end && asked.get(end - length) == asked.get(last - length)) {
      length++;
    }
    return length;
  }
}
