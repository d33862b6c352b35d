package dev.kasane.text.tokenizer.check;

import java.util.List;

/** What a regular expression of a tokeniser is made of, as far as the work of matching it goes. */
sealed interface RegexNode {
  /** How often an item without an upper bound may repeat. */
  int UNBOUNDED = Integer.MAX_VALUE;

  /** One character of a set. */
  record One(CharacterSet set) implements RegexNode {}

  /** A place, which takes no character: an anchor, or what must or must not stand before or after it. */
  record Place(RegexNode condition) implements RegexNode {}

  /** One item after the other; nothing when there are none. */
  record Sequence(List<RegexNode> items) implements RegexNode {}

  /** The first alternative that matches. */
  record Choice(List<RegexNode> alternatives) implements RegexNode {}

  /**
   * An item some times over.
   *
   * @param least how often at least
   * @param most how often at most, or {@link #UNBOUNDED}
   */
  record Repeat(RegexNode item, int least, int most) implements RegexNode {}

  /** Characters that a match has at least. */
  default int shortest() {
    if (this instanceof Sequence sequence) {
      return sequence.items().stream().mapToInt(RegexNode::shortest).reduce(0, RegexNode::sum);
    }
    if (this instanceof Choice choice) {
      return choice.alternatives().stream().mapToInt(RegexNode::shortest).min().orElse(0);
    }
    if (this instanceof Repeat repeat) {
      return (int) Math.min(Integer.MAX_VALUE, (long) repeat.item().shortest() * repeat.least());
    }
    return this instanceof One ? 1 : 0;
  }

  /** The length of every match if it has one way to match only, else 0. */
  default int fixedLength() {
    if (this instanceof Sequence sequence) {
      int sum = 0;
      for (RegexNode item : sequence.items()) {
        if (item instanceof Place) {
          continue;
        }
        if (item.fixedLength() == 0) {
          return 0;
        }
        sum = sum(sum, item.fixedLength());
      }
      return sum;
    }
    if (this instanceof Repeat repeat) {
      return repeat.least() == repeat.most() ? shortest() * Integer.signum(repeat.item().fixedLength()) : 0;
    }
    if (this instanceof Choice choice) {
      return choice.alternatives().size() == 1 ? choice.alternatives().get(0).fixedLength() : 0;
    }
    return this instanceof One ? 1 : 0;
  }

  private static int sum(int a, int b) {
    return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
  }
}
