package dev.kasane.text.jinja.value;

import java.util.List;

/**
 * A way of comparing two values.
 *
 * @param operator its sign: {@code ==}, {@code !=}, {@code <}, {@code <=}, {@code >}, {@code >=}, {@code in} or {@code
 *     not in}
 */
public record Comparison(String operator) {
  public boolean holds(Object left, Object right) {
    return switch (operator) {
      case "==" -> Values.equal(left, right);
      case "!=" -> !Values.equal(left, right);
      case "in" -> Values.contains(right, left);
      case "not in" -> !Values.contains(right, left);
      case "<" -> Values.compare(left, right, operator) < 0 && isOrdered(left, right);
      case "<=" -> Values.compare(left, right, operator) <= 0 && isOrdered(left, right);
      case ">" -> Values.compare(left, right, operator) > 0 && isOrdered(left, right);
      default -> Values.compare(left, right, operator) >= 0 && isOrdered(left, right);
    };
  }

  /** How much there is to compare. */
  public long work(Object left, Object right) {
    long one = Values.weight(left);
    return operator.endsWith("in") && right instanceof List<?> items ? items.size() * (1 + one)
        : operator.endsWith("in") ? 1 + Values.weight(right) : 1 + Math.min(one, Values.weight(right));
  }

  private static boolean isOrdered(Object left, Object right) {
    return !(left instanceof Double one && one.isNaN() || right instanceof Double other && other.isNaN());
  }
}
