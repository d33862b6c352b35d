package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.TextMethods;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import dev.kasane.text.jinja.value.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Filters of lists, dictionaries and what else can be gone through, as wholes. */
final class ItemFilters {
  private ItemFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    Filters.plain(filters, "length", (value, r) -> (long) Values.length(value));
    filters.put("count", filters.get("length"));
    Filters.plain(filters, "list", (value, r) -> Values.copy(charged(value, r)));
    Filters.plain(filters, "first", (value, r) -> end(charged(value, r), 0));
    Filters.plain(filters, "last", (value, r) -> last(value, r));
    filters.put("reverse", ItemFilters::reverse);
    filters.put("join", ItemFilters::join);
    filters.put("sum", ItemFilters::sum);
    filters.put("min", (value, a, r) -> extreme(value, a, r, -1));
    filters.put("max", (value, a, r) -> extreme(value, a, r, 1));
    filters.put("sort", ItemFilters::sort);
    filters.put("dictsort", ItemFilters::sortDictionary);
    filters.put("unique", ItemFilters::unique);
    Filters.plain(filters, "items", (value, r) -> items(value));
    filters.put("batch", ItemFilters::batch);
    filters.put("slice", ItemFilters::slice);
    filters.put("groupby", ItemFilters::group);
  }

  /** What going through a value gives, counted as work. */
  static List<Object> charged(Object value, Budget budget) {
    List<Object> items = Values.items(value);
    budget.charge(items.size());
    return items;
  }

  private static Object end(List<Object> items, int at) {
    return items.isEmpty() ? new Undefined("No first item, sequence was empty.") : items.get(at);
  }

  private static Object last(Object value, Budget budget) {
    if (value instanceof View view && view.isGenerator()) {
      throw new JinjaException("'generator' object is not reversible");
    }
    List<Object> items = charged(value, budget);
    return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.get(items.size() - 1);
  }

  private static Object reverse(Object value, Arguments arguments, Budget budget) {
    List<Object> items = Values.copy(charged(value, budget));
    Collections.reverse(items);
    return value instanceof String ? items.stream().map(String.class::cast).collect(Collectors.joining())
        : View.once(items);
  }

  private static Object join(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("join", "d", "attribute");
    UnaryOperator<Object> of = Attribute.of(arguments.get(1, "attribute", null), Access.MISSING);
    List<Object> texts = new ArrayList<>();
    charged(value, budget).forEach(each -> texts.add(PythonText.str(of.apply(each))));
    return TextMethods.joined(PythonText.str(arguments.get(0, "d", "")), texts, budget);
  }

  private static Object sum(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("sum", "attribute", "start");
    UnaryOperator<Object> of = Attribute.of(arguments.get(0, "attribute", null), Access.MISSING);
    Object sum = arguments.get(1, "start", 0L);
    for (Object each : charged(value, budget)) {
      sum = Operators.apply("+", sum, of.apply(each), budget);
    }
    return sum;
  }

  private static Object extreme(Object value, Arguments given, Budget budget, int sign) {
    Arguments arguments = given.of(sign < 0 ? "min" : "max", "case_sensitive", "attribute");
    Comparator<Object> order = order(arguments.get(1, "attribute", null), arguments.flag(0, "case_sensitive", false));
    Object best = Access.MISSING;
    for (Object each : charged(value, budget)) {
      best = best == Access.MISSING || order.compare(each, best) * sign > 0 ? each : best;
    }
    return best == Access.MISSING ? new Undefined("No aggregated item, sequence was empty.") : best;
  }

  private static Object sort(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("sort", "reverse", "case_sensitive", "attribute");
    boolean sensitive = arguments.flag(1, "case_sensitive", false);
    Object attribute = arguments.get(2, "attribute", null);
    return sorted(charged(value, budget), severalKeys(attribute, sensitive), arguments.flag(0, "reverse", false));
  }

  /** A sort by several attributes: "a,b". */
  private static Comparator<Object> severalKeys(Object attribute, boolean sensitive) {
    if (!(attribute instanceof String names) || !names.contains(",")) {
      return order(attribute, sensitive);
    }
    Comparator<Object> order = (one, other) -> 0;
    for (String each : names.split(",")) {
      order = order.thenComparing(order(each, sensitive));
    }
    return order;
  }

  private static List<Object> sorted(List<Object> items, Comparator<Object> order, boolean reverse) {
    List<Object> sorted = Values.copy(items);
    sorted.sort(reverse ? order.reversed() : order);
    return sorted;
  }

  private static Comparator<Object> order(Object attribute, boolean sensitive) {
    UnaryOperator<Object> of = Attribute.of(attribute, Access.MISSING);
    return (one, other) -> Values.compare(folded(of.apply(one), sensitive), folded(of.apply(other), sensitive), "<");
  }

  private static Object folded(Object value, boolean sensitive) {
    return !sensitive && value instanceof String text ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object sortDictionary(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("dictsort", "case_sensitive", "by", "reverse");
    String by = arguments.text(1, "by", "key");
    if (!by.equals("key") && !by.equals("value") || !(value instanceof Map<?, ?> map)) {
      throw new JinjaException("dictsort takes a dictionary, and by key or value");
    }
    budget.charge(((Map<?, ?>) value).size());
    return sorted(Values.pairs((Map<?, ?>) value), order(by.equals("key") ? 0L : 1L,
        arguments.flag(0, "case_sensitive", false)), arguments.flag(2, "reverse", false));
  }

  private static Object unique(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("unique", "case_sensitive", "attribute");
    boolean sensitive = arguments.flag(0, "case_sensitive", false);
    UnaryOperator<Object> of = Attribute.of(arguments.get(1, "attribute", null), Access.MISSING);
    List<Object> seen = new ArrayList<>();
    List<Object> kept = new ArrayList<>();
    for (Object each : charged(value, budget)) {
      Object key = folded(of.apply(each), sensitive);
      if (!Access.isHashable(key)) {
        throw new JinjaException("unhashable type: '" + Values.type(key) + "'");
      }
      budget.charge(seen.size() * (1 + Values.weight(key)));
      if (seen.stream().noneMatch(known -> Values.equal(known, key))) {
        seen.add(key);
        kept.add(each);
      }
    }
    return View.once(kept);
  }

  private static Object items(Object value) {
    if (value instanceof Map<?, ?> map) {
      return View.once(Values.pairs(map));
    } else if (value instanceof Undefined) {
      return View.once(List.of());
    }
    throw new JinjaException("Can only get item pairs from a mapping.");
  }

  private static Object batch(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("batch", "linecount", "fill_with");
    int size = arguments.number(0, "linecount", 0);
    Object fill = arguments.get(1, "fill_with", null);
    List<Object> batches = new ArrayList<>();
    List<Object> current = new ArrayList<>();
    for (Object each : charged(value, budget)) {
      if (current.size() == size) {
        batches.add(current);
        current = new ArrayList<>();
      }
      current.add(each);
    }
    if (!current.isEmpty()) {
      budget.charge(fill == null ? 0 : Math.max(0, size));
      while (fill != null && current.size() < size) {
        current.add(fill);
      }
      batches.add(current);
    }
    return View.once(batches);
  }

  private static Object slice(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("slice", "slices", "fill_with");
    int count = arguments.number(0, "slices", 0);
    Object fill = arguments.get(1, "fill_with", null);
    List<Object> all = charged(value, budget);
    if (count <= 0) {
      throw new JinjaException("integer division or modulo by zero");
    }
    budget.charge(count);
    int each = all.size() / count;
    int longer = all.size() % count;
    List<Object> slices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = i * each + Math.min(i, longer);
      List<Object> part = new ArrayList<>(all.subList(from, from + each + (i < longer ? 1 : 0)));
      if (fill != null && i >= longer) {
        part.add(fill);
      }
      slices.add(part);
    }
    return View.once(slices);
  }

  private static Object group(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("groupby", "attribute", "default", "case_sensitive");
    boolean sensitive = arguments.flag(2, "case_sensitive", false);
    Object attribute = arguments.require(0, "attribute");
    UnaryOperator<Object> of = Attribute.of(attribute, arguments.get(1, "default", Access.MISSING));
    Comparator<Object> order = (one, other) ->
        Values.compare(folded(of.apply(one), sensitive), folded(of.apply(other), sensitive), "<");
    List<Object> groups = new ArrayList<>();
    List<Object> current = new ArrayList<>();
    for (Object each : sorted(charged(value, budget), order, false)) {
      if (!current.isEmpty() && order.compare(current.get(0), each) != 0) {
        groups.add(Group.of(of.apply(current.get(0)), current));
        current = new ArrayList<>();
      }
      current.add(each);
    }
    if (!current.isEmpty()) {
      groups.add(Group.of(of.apply(current.get(0)), current));
    }
    return groups;
  }
}
