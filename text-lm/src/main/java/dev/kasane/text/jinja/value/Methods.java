package dev.kasane.text.jinja.value;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The methods that values have in Python, but for those that would change them. */
public final class Methods {
  /** What changes a list or a dictionary; the sandbox refuses it. */
  static final Set<String> CHANGING = Set.of("append", "extend", "insert", "pop", "remove", "reverse", "sort", "clear",
      "popitem", "setdefault", "update");

  private static final Set<String> OF_MAPS = Set.of("get", "items", "keys", "values", "copy");
  private static final Set<String> OF_LISTS = Set.of("count", "index", "copy");
  private static final Set<String> OF_TUPLES = Set.of("count", "index");
  private static final Set<String> OF_WHOLE_NUMBERS = Set.of("bit_length", "is_integer");

  private Methods() {}

  public static boolean has(Object value, String name) {
    if (value instanceof String) {
      return TextMethods.has(name);
    } else if (value instanceof Map) {
      return OF_MAPS.contains(name);
    } else if (value instanceof List) {
      return (value instanceof Tuple || value instanceof Range ? OF_TUPLES : OF_LISTS).contains(name);
    }
    return value instanceof Double ? name.equals("is_integer")
        : Operators.isWhole(value) && OF_WHOLE_NUMBERS.contains(name);
  }

  /** A method of a value, ready to be called. */
  public static Callable bound(Object value, String name) {
    if (value instanceof String text) {
      return (arguments, budget) -> TextMethods.call(text, name, arguments, budget);
    } else if (value instanceof Map<?, ?> map) {
      return (arguments, budget) -> ofMap(map, name, arguments, budget);
    } else if (value instanceof List<?> list) {
      return (arguments, budget) -> ofList(list, name, arguments, budget);
    }
    return (arguments, budget) -> value instanceof Double number ? (Object) (number == Math.rint(number))
        : name.equals("is_integer") ? (Object) true : (long) Operators.whole(value).abs().bitLength();
  }

  private static Object ofMap(Map<?, ?> map, String name, Arguments arguments, Budget budget) {
    budget.charge(name.equals("get") ? 1 : map.size());
    return switch (name) {
      case "items" -> View.items(map);
      case "keys" -> View.keys(map);
      case "values" -> View.values(map);
      case "copy" -> map;
      default -> {
        Object found = Access.key(map, arguments.of("get", "key", "default").require(0, "key"));
        yield found == Access.MISSING ? arguments.get(1, "default", null) : map.get(found);
      }
    };
  }

  private static Object ofList(List<?> list, String name, Arguments arguments, Budget budget) {
    if (name.equals("copy")) {
      return list;
    }
    Object wanted = arguments.of(name, "value").require(0, "value");
    budget.charge(list.size() * (1 + Values.weight(wanted)));
    if (name.equals("count")) {
      return list.stream().filter(each -> Values.equal(each, wanted)).count();
    }
    for (int i = 0; i < list.size(); i++) {
      if (Values.equal(list.get(i), wanted)) {
        return (long) i;
      }
    }
    throw new JinjaException(PythonText.repr(wanted) + " is not in list");
  }
}
