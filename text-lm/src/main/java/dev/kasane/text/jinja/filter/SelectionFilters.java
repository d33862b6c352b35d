package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Values;
import dev.kasane.text.jinja.value.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that use another filter or a test on each item. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    filters.put("map", SelectionFilters::map);
    filters.put("select", (value, a, r) -> select(value, a, r, false, true));
    filters.put("reject", (value, a, r) -> select(value, a, r, false, false));
    filters.put("selectattr", (value, a, r) -> select(value, a, r, true, true));
    filters.put("rejectattr", (value, a, r) -> select(value, a, r, true, false));
  }

  private static Object map(Object value, Arguments arguments, Budget budget) {
    UnaryOperator<Object> change = change(arguments, budget);
    List<Object> changed = new ArrayList<>();
    for (Object each : items(value, budget)) {
      changed.add(change.apply(each));
    }
    return View.once(changed);
  }

  /** These filters take anything that counts as false for empty, None too. */
  private static List<Object> items(Object value, Budget budget) {
    return Values.isTrue(value) ? ItemFilters.charged(value, budget) : List.of();
  }

  private static UnaryOperator<Object> change(Arguments arguments, Budget budget) {
    if (arguments.positional().isEmpty()) {
      Map<String, Object> unknown = new LinkedHashMap<>(arguments.named());
      unknown.keySet().removeAll(Set.of("attribute", "default"));
      if (!unknown.isEmpty() || !arguments.named().containsKey("attribute")) {
        throw new JinjaException("map requires a filter argument");
      }
      return Attribute.of(arguments.named().get("attribute"),
          arguments.named().getOrDefault("default", Access.MISSING));
    }
    Filters.Filter filter = Filters.named(arguments.text(0, "name", null));
    Arguments rest =
        new Arguments(arguments.positional().subList(1, arguments.positional().size()), arguments.named());
    return each -> filter.apply(each, rest, budget);
  }

  private static Object select(Object value, Arguments arguments, Budget budget, boolean ofAttribute,
      boolean keep) {
    List<Object> given = arguments.positional();
    if (ofAttribute && given.isEmpty()) {
      throw new JinjaException("Missing parameter for attribute name");
    }
    UnaryOperator<Object> of = ofAttribute ? Attribute.of(given.get(0), Access.MISSING) : UnaryOperator.identity();
    Predicate<Object> test = test(given.subList(ofAttribute ? 1 : 0, given.size()), arguments.named());
    List<Object> kept = new ArrayList<>();
    for (Object each : items(value, budget)) {
      if (test.test(of.apply(each)) == keep) {
        kept.add(each);
      }
    }
    return View.once(kept);
  }

  private static Predicate<Object> test(List<Object> given, Map<String, Object> named) {
    if (given.isEmpty()) {
      return Values::isTrue;
    }
    Tests.Test test = Tests.named(PythonText.str(given.get(0)));
    Arguments rest = new Arguments(given.subList(1, given.size()), named);
    return value -> test.holds(value, rest);
  }
}
