package dev.kasane.text.tokenizer.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An item that, however often it is repeated, takes a text in one way only: each next character says which part of
 * the item takes it. A matcher that goes back then has no second way to try, so its steps grow with the text's length.
 *
 * <p>The parts and which may follow which are Glushkov's automaton of the repeated item (Brüggemann-Klein, "Regular
 * expressions into finite automata", 1993), with every way from one part to the next counted by itself: {@code (a+)+}
 * has two ways from the letter to itself.
 */
final class OneWayRepeat {
  private static final int MOST_PARTS = 256;

  private final List<CharacterSet> sets = new ArrayList<>();
  private final List<List<Integer>> following = new ArrayList<>();
  private final List<RegexNode.Place> places = new ArrayList<>();

  /** Whether something matches nothing, and the parts it may begin and end with. */
  private record Part(boolean empty, List<Integer> first, List<Integer> last) {
    static final Part NOTHING = new Part(true, List.of(), List.of());
  }

  private static final class SeveralWays extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SeveralWays() {
      super(null, null, false, false);
    }
  }

  private OneWayRepeat() {}

  /** The repeated item, empty when it may take a text in several ways, or nothing. */
  static Optional<OneWayRepeat> of(RegexNode item) {
    OneWayRepeat repeat = new OneWayRepeat();
    try {
      Part whole = repeat.part(item);
      repeat.join(whole.last, whole.first);
      boolean oneWay = !whole.empty && repeat.apart(whole.first) && repeat.following.stream().allMatch(repeat::apart);
      return oneWay ? Optional.of(repeat) : Optional.empty();
    } catch (SeveralWays e) {
      return Optional.empty();
    }
  }

  /** The most parts that may be tried for a character. */
  int choices() {
    return sets.size();
  }

  /** What must or must not stand at places of the item. */
  List<RegexNode.Place> places() {
    return places;
  }

  private Part part(RegexNode node) {
    if (node instanceof RegexNode.One one) {
      if (sets.size() == MOST_PARTS) {
        throw new SeveralWays();
      }
      sets.add(one.set());
      following.add(new ArrayList<>());
      return new Part(false, List.of(sets.size() - 1), List.of(sets.size() - 1));
    }
    if (node instanceof RegexNode.Place place) {
      places.add(place);
      return Part.NOTHING;
    }
    if (node instanceof RegexNode.Sequence sequence) {
      Part whole = Part.NOTHING;
      for (RegexNode item : sequence.items()) {
        whole = sequence(whole, part(item));
      }
      return whole;
    }
    return node instanceof RegexNode.Choice choice ? choice(choice) : repeat((RegexNode.Repeat) node);
  }

  private Part sequence(Part before, Part then) {
    join(before.last, then.first);
    return new Part(before.empty && then.empty, before.empty ? union(before.first, then.first) : before.first,
        then.empty ? union(before.last, then.last) : then.last);
  }

  private Part choice(RegexNode.Choice choice) {
    Part any = null;
    for (RegexNode alternative : choice.alternatives()) {
      Part next = part(alternative);
      if (any != null && any.empty && next.empty) {
        throw new SeveralWays();
      }
      any = any == null ? next
          : new Part(any.empty || next.empty, union(any.first, next.first), union(any.last, next.last));
    }
    return any;
  }

  private Part repeat(RegexNode.Repeat repeat) {
    boolean endless = repeat.most() == RegexNode.UNBOUNDED;
    int copies = endless ? Math.max(1, repeat.least()) : repeat.most();
    Part rest = Part.NOTHING;
    for (int copy = copies; copy > 0; copy--) {
      Part one = part(repeat.item());
      if (one.empty) {
        throw new SeveralWays();
      }
      if (endless && copy == copies) {
        join(one.last, one.first);
      }
      rest = sequence(one, rest);
      if (copy > repeat.least()) {
        rest = new Part(true, rest.first, rest.last);
      }
    }
    return rest;
  }

  private void join(List<Integer> ends, List<Integer> beginnings) {
    ends.forEach(end -> following.get(end).addAll(beginnings));
  }

  private static List<Integer> union(List<Integer> a, List<Integer> b) {
    List<Integer> union = new ArrayList<>(a);
    union.addAll(b);
    return union;
  }

  /** Whether no character can be taken by two of some parts. */
  private boolean apart(List<Integer> parts) {
    for (int i = 0; i < parts.size(); i++) {
      for (int j = i + 1; j < parts.size(); j++) {
        if (sets.get(parts.get(i)).meets(sets.get(parts.get(j)))) {
          return false;
        }
      }
    }
    return true;
  }
}
