package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Attributes;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Methods;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** What stands after a bar: Jinja2's own filters, and Hugging Face's {@code tojson}. */
public final class Filters {
  /** A filter. */
  @FunctionalInterface
  public interface Filter {
    Object apply(Object value, Arguments arguments, Budget budget);
  }

  private static final Map<String, Filter> FILTERS = new HashMap<>();

  static {
    TextFilters.register(FILTERS);
    NumberFilters.register(FILTERS);
    ItemFilters.register(FILTERS);
    SelectionFilters.register(FILTERS);
    FILTERS.put("tojson", ToJson::filter);
    FILTERS.put("default", Filters::otherwise);
    FILTERS.put("d", Filters::otherwise);
    FILTERS.put("attr", (value, a, r) -> ownAttribute(value, a.text(0, "name", "")));
  }

  private Filters() {}

  /** Adds a filter without arguments. */
  static void plain(Map<String, Filter> filters, String name, BiFunction<Object, Budget, Object> filter) {
    filters.put(name, (value, arguments, budget) -> {
      arguments.of(name);
      return filter.apply(value, budget);
    });
  }

  static boolean exists(String name) {
    return FILTERS.containsKey(name);
  }

  /**
   * A filter by its name.
   *
   * @return one that fails when it is used, where there is none of the name
   */
  public static Filter named(String name) {
    return FILTERS.getOrDefault(name, (value, arguments, budget) -> {
      throw new JinjaException("No filter named " + PythonText.repr(name) + ".");
    });
  }

  private static Object otherwise(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("default", "default_value", "boolean");
    boolean missing = value instanceof Undefined || arguments.flag(1, "boolean", false) && !Values.isTrue(value);
    return missing ? arguments.get(0, "default_value", "") : value;
  }

  /** An attribute of the value itself; items do not count. */
  private static Object ownAttribute(Object value, String name) {
    Object own = value instanceof Attributes object ? object.attribute(name)
        : Methods.has(value, name) ? Methods.bound(value, name) : Access.MISSING;
    return own != Access.MISSING ? own
        : new Undefined("'" + Values.type(value) + " object' has no attribute " + PythonText.repr(name));
  }
}
