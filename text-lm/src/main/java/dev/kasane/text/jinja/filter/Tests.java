package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.Cases;
import dev.kasane.text.jinja.value.Comparison;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What stands after {@code is}: Jinja2's own tests. */
public final class Tests {
  /** A test of a value. */
  @FunctionalInterface
  public interface Test {
    boolean holds(Object value, Arguments arguments);
  }

  private static final Map<String, Test> TESTS = Map.ofEntries(
      plain("boolean", value -> value instanceof Boolean),
      plain("callable", value -> value instanceof Callable),
      plain("defined", value -> !(value instanceof Undefined)),
      Map.entry("divisibleby", (value, a) -> isZero("%", value, a.require(0, "num"))),
      plain("escaped", value -> false),
      plain("even", value -> isZero("%", value, 2L)),
      plain("false", value -> Boolean.FALSE.equals(value)),
      plain("filter", value -> value instanceof String name && Filters.exists(name)),
      plain("float", value -> value instanceof Double),
      Map.entry("in", (value, a) -> Values.contains(a.require(0, "seq"), value)),
      plain("integer", value -> Operators.isWhole(value) && !(value instanceof Boolean)),
      plain("iterable", value -> Values.isIterable(value)),
      plain("lower", value -> Cases.isLower(PythonText.str(value))),
      plain("mapping", value -> value instanceof Map),
      plain("none", value -> value == null),
      plain("number", value -> Values.isNumeric(value)),
      plain("odd", value -> !isZero("%", value, 2L)),
      Map.entry("sameas", (value, a) -> same(value, a.require(0, "other"))),
      plain("sequence", value -> value instanceof List || value instanceof String || value instanceof Map
          || value instanceof Undefined),
      plain("string", value -> value instanceof String),
      plain("test", value -> value instanceof String name && exists(name)),
      plain("true", value -> Boolean.TRUE.equals(value)),
      plain("undefined", value -> value instanceof Undefined),
      plain("upper", value -> Cases.isUpper(PythonText.str(value))));

  /** Comparisons by the names that they have as tests. */
  private static final Map<String, String> COMPARISONS = Map.ofEntries(Map.entry("==", "=="), Map.entry("eq", "=="),
      Map.entry("equalto", "=="), Map.entry("!=", "!="), Map.entry("ne", "!="), Map.entry("<", "<"),
      Map.entry("lt", "<"), Map.entry("lessthan", "<"), Map.entry("<=", "<="), Map.entry("le", "<="),
      Map.entry(">", ">"), Map.entry("gt", ">"), Map.entry("greaterthan", ">"), Map.entry(">=", ">="),
      Map.entry("ge", ">="));

  private Tests() {}

  private static Map.Entry<String, Test> plain(String name, Predicate<Object> test) {
    return Map.entry(name, (value, arguments) -> {
      arguments.of(name);
      return test.test(value);
    });
  }

  static boolean exists(String name) {
    return TESTS.containsKey(name) || COMPARISONS.containsKey(name);
  }

  /**
   * A test by its name.
   *
   * @return one that fails when it is used, where there is none of the name
   */
  public static Test named(String name) {
    String operator = COMPARISONS.get(name);
    if (operator != null) {
      Comparison comparison = new Comparison(operator);
      return (value, arguments) -> comparison.holds(value, arguments.require(0, "other"));
    }
    return TESTS.getOrDefault(name, (value, arguments) -> {
      throw new JinjaException("No test named " + PythonText.repr(name) + ".");
    });
  }

  private static boolean isZero(String operator, Object value, Object other) {
    if (value instanceof String) {
      throw new JinjaException("not all arguments converted during string formatting");
    }
    return Values.equal(Operators.apply(operator, value, other, new Budget()), 0L);
  }

  private static boolean same(Object value, Object other) {
    boolean plain = value == null || value instanceof Boolean || value instanceof Long || value instanceof String;
    return value == other || plain && value != null && value.equals(other);
  }
}
