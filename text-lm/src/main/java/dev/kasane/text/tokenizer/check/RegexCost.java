package dev.kasane.text.tokenizer.check;

import dev.kasane.text.tokenizer.check.RegexNode.Choice;
import dev.kasane.text.tokenizer.check.RegexNode.One;
import dev.kasane.text.tokenizer.check.RegexNode.Place;
import dev.kasane.text.tokenizer.check.RegexNode.Repeat;
import dev.kasane.text.tokenizer.check.RegexNode.Sequence;
import java.util.List;

/**
 * The most steps that a backtracking matcher can take to try a regular expression at one place of a text.
 *
 * <p>It is counted as such a matcher works: an item is tried with all that follows it, and where that fails, the
 * item's next way is taken. What never fails is never tried again, so {@code \s*[\r\n]+} takes a number of steps
 * that grows with the text's length, {@code a*b*c} one that grows with its square, and {@code (a+)+b} one that
 * doubles with each character.
 */
final class RegexCost {
  private static final int MOST_EVALUATIONS = 200_000;
  private static final Rest END = new Rest(false, 0, 0);

  private final double length;
  private int evaluations;

  /** What stands after an item: whether it may fail, and the steps until it does, and until it matches. */
  private record Rest(boolean fails, double failure, double success) {
    double most() {
      return Math.max(failure, success);
    }
  }

  private RegexCost(double length) {
    this.length = length;
  }

  /**
   * The most steps at one place.
   *
   * @param length characters of the text
   * @throws IllegalArgumentException that says why they cannot be bounded, in words that follow "the pattern"
   */
  static double of(RegexNode pattern, double length) {
    return new RegexCost(length).cost(pattern, END).most();
  }

  /** Whether a part has no greatest length. */
  static boolean repeatsWithoutEnd(RegexNode node) {
    if (node instanceof Repeat repeat) {
      return repeat.most() == RegexNode.UNBOUNDED || repeatsWithoutEnd(repeat.item());
    }
    List<RegexNode> inner = node instanceof Sequence sequence ? sequence.items()
        : node instanceof Choice choice ? choice.alternatives() : List.of();
    return inner.stream().anyMatch(RegexCost::repeatsWithoutEnd);
  }

  private Rest cost(RegexNode node, Rest rest) {
    if (++evaluations > MOST_EVALUATIONS) {
      throw new IllegalArgumentException("is too entangled to be bounded");
    }
    if (node instanceof Sequence sequence) {
      Rest after = rest;
      for (int i = sequence.items().size() - 1; i >= 0; i--) {
        after = cost(sequence.items().get(i), after);
      }
      return after;
    }
    if (node instanceof Choice choice) {
      return first(choice.alternatives().stream().map(alternative -> cost(alternative, rest)).toList());
    }
    if (node instanceof Place place) {
      double condition = 1 + cost(place.condition(), END).most();
      return new Rest(true, condition + rest.failure(), condition + rest.success());
    }
    if (node instanceof Repeat repeat) {
      return repeat(repeat, rest);
    }
    return new Rest(true, 1 + rest.failure(), 1 + rest.success());
  }

  private static Rest first(List<Rest> alternatives) {
    boolean fails = alternatives.stream().allMatch(Rest::fails);
    double failure = alternatives.stream().mapToDouble(Rest::failure).sum() + alternatives.size();
    return new Rest(fails, fails ? failure : 0,
        failure + alternatives.stream().mapToDouble(Rest::success).max().orElse(0));
  }

  private Rest repeat(Repeat repeat, Rest rest) {
    int unit = repeat.item() instanceof One ? 1 : repeat.item().fixedLength();
    if (unit > 0) {
      return stretch(repeat, unit, rest);
    }
    if (repeat.most() == RegexNode.UNBOUNDED) {
      return OneWayRepeat.of(repeat.item()).map(item -> oneWay(repeat, item, rest))
          .orElseGet(() -> onward(repeat, rest));
    }
    Rest more = rest;
    for (int times = repeat.most(); times > 0; times--) {
      Rest again = cost(repeat.item(), more);
      more = times > repeat.least() ? first(List.of(again, rest)) : again;
    }
    return more;
  }

  /** Equal steps through the text, given back one by one as long as what follows fails. */
  private Rest stretch(Repeat repeat, int unit, Rest rest) {
    double times = Math.min(repeat.most(), length / unit + 1);
    double step = unit + conditions(repeat.item());
    return backwards(repeat, step * times, step * Math.min(repeat.least(), times),
        Math.max(0, times - repeat.least()) + 1, rest);
  }

  /** What it takes to look, once, at all places of an item of a fixed length. */
  private double conditions(RegexNode node) {
    if (node instanceof Place place) {
      return cost(place, END).most();
    }
    if (node instanceof Repeat repeat) {
      return repeat.least() * conditions(repeat.item());
    }
    List<RegexNode> inner = node instanceof Sequence sequence ? sequence.items()
        : node instanceof Choice choice ? choice.alternatives() : List.of();
    return inner.stream().mapToDouble(this::conditions).sum();
  }

  /** Steps of several lengths, but so that each character says which it is: what was taken is given back likewise. */
  private Rest oneWay(Repeat repeat, OneWayRepeat item, Rest rest) {
    double conditions = item.places().stream().mapToDouble(place -> cost(place, END).most()).sum();
    double walk = (length + 1) * (item.choices() + conditions);
    return backwards(repeat, walk, walk, length + 1, rest);
  }

  /** Steps that could be taken otherwise, were there ever a reason to: nothing that follows fails. */
  private Rest onward(Repeat repeat, Rest rest) {
    if (rest.fails() || repeat.least() > 1 || repeat.item().shortest() == 0) {
      throw new IllegalArgumentException("repeats without end what itself matches in several ways");
    }
    Rest step = cost(repeat.item(), END);
    double walk = (length / repeat.item().shortest() + 1) * (1 + step.most());
    return new Rest(repeat.least() > 0, repeat.least() > 0 ? step.most() : 0, walk + rest.success());
  }

  /**
   * What a repetition costs that goes through the text once and then back.
   *
   * @param walk steps to its end
   * @param tooFew steps until it is clear that it does not repeat often enough
   * @param ends places where it may end
   */
  private static Rest backwards(Repeat repeat, double walk, double tooFew, double ends, Rest rest) {
    double givenBack = rest.fails() ? ends * (1 + rest.failure()) : 0;
    boolean fails = rest.fails() || repeat.least() > 0;
    return new Rest(fails, !fails ? 0 : rest.fails() ? walk + givenBack : tooFew,
        walk + givenBack + rest.success());
  }
}
