package dev.kasane.text.jinja.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What every value is and can do in Python: truth, equality, order, length, going through it. */
public final class Values {
  private static final long MOST_WEIGHT = 1_000_000;

  private Values() {}

  /** Python's name of a value's type. */
  public static String type(Object value) {
    if (value == null) {
      return "NoneType";
    } else if (value instanceof String) {
      return "str";
    } else if (value instanceof Boolean) {
      return "bool";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    } else if (value instanceof Double) {
      return "float";
    } else if (value instanceof Map) {
      return "dict";
    } else if (value instanceof Tuple) {
      return "tuple";
    } else if (value instanceof Range) {
      return "range";
    } else if (value instanceof List) {
      return "list";
    }
    return value instanceof View ? "generator" : value instanceof Undefined ? "Undefined"
        : value instanceof Namespace ? "Namespace" : "function";
  }

  /** Brings what Java's libraries make into the values of templates. */
  public static Object of(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> converted = new LinkedHashMap<>();
      map.forEach((key, item) -> converted.put(of(key), of(item)));
      return converted;
    } else if (value instanceof Tuple || value instanceof Range) {
      return value;
    } else if (value instanceof Collection<?> items) {
      return items.stream().map(Values::of).collect(Collectors.toCollection(ArrayList::new));
    } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    } else if (value instanceof BigInteger number) {
      return Operators.integer(number);
    } else if (value instanceof Float || value instanceof BigDecimal) {
      return ((Number) value).doubleValue();
    }
    return value;
  }

  public static boolean isTrue(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (isNumber(value)) {
      return ((Number) value).doubleValue() != 0;
    } else if (value instanceof Collection<?> items) {
      return !items.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    } else if (value instanceof View view) {
      return view.isGenerator() || view.size() > 0;
    }
    return value != null && !(value instanceof Undefined);
  }

  /** Whether a value is a number; truth values are, in Python. */
  public static boolean isNumeric(Object value) {
    return isNumber(value) || value instanceof Boolean;
  }

  public static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Double;
  }

  public static boolean equal(Object one, Object other) {
    if (isNumeric(one) && isNumeric(other)) {
      return Operators.compareNumbers(one, other) == 0 && !isNaN(one) && !isNaN(other);
    } else if (one instanceof List<?> list && other instanceof List<?> items) {
      return type(one).equals(type(other)) && equalItems(list, items);
    } else if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> entries) {
      return map.size() == entries.size() && map.keySet().stream().allMatch(key -> {
        Object found = Access.key(entries, key);
        return found != Access.MISSING && equal(map.get(key), entries.get(found));
      });
    }
    return one == null ? other == null : one.equals(other);
  }

  /** The two items of what should be a pair. */
  public static List<Object> pair(Object value) {
    List<Object> items = items(value);
    if (items.size() != 2) {
      throw new JinjaException("a pair is expected, not " + items.size() + " items");
    }
    return items;
  }

  /**
   * How much there is to compare in a value.
   *
   * @throws JinjaException when it is more than a million
   */
  public static long weight(Object value) {
    return weight(value, 0);
  }

  private static long weight(Object value, long before) {
    if (value instanceof String text) {
      return text.length() / Budget.UNITS_A_STEP;
    }
    Collection<?> parts = value instanceof Map<?, ?> map ? map.values()
        : value instanceof List<?> items ? items : List.of();
    long weight = parts.size();
    for (Object part : parts) {
      if (before + weight > MOST_WEIGHT) {
        throw new JinjaException("a value is too large to be compared");
      }
      weight += weight(part, before + weight);
    }
    return weight;
  }

  private static boolean equalItems(List<?> one, List<?> other) {
    boolean equal = one.size() == other.size();
    for (int i = 0; equal && i < one.size(); i++) {
      equal = equal(one.get(i), other.get(i));
    }
    return equal;
  }

  private static boolean isNaN(Object value) {
    return value instanceof Double number && number.isNaN();
  }

  /**
   * The order of two values.
   *
   * @throws JinjaException when Python has none
   */
  public static int compare(Object one, Object other, String operator) {
    if (isNumeric(one) && isNumeric(other)) {
      return Operators.compareNumbers(one, other);
    } else if (one instanceof String text && other instanceof String second) {
      return PythonText.compare(text, second);
    } else if (one instanceof List<?> list && other instanceof List<?> items && type(one).equals(type(other))) {
      for (int i = 0; i < Math.min(list.size(), items.size()); i++) {
        if (!equal(list.get(i), items.get(i))) {
          return compare(list.get(i), items.get(i), operator);
        }
      }
      return Integer.compare(list.size(), items.size());
    }
    throw Operators.unsupported(operator, one, other, "'" + operator + "' not supported between instances of ");
  }

  /** Whether {@code item in container}. */
  public static boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (!(item instanceof String part)) {
        throw new JinjaException("'in <string>' requires string as left operand, not " + type(item));
      }
      return text.contains(part);
    } else if (container instanceof Map<?, ?> map) {
      return Access.key(map, item) != Access.MISSING;
    }
    return items(container).stream().anyMatch(each -> equal(each, item));
  }

  public static int length(Object value) {
    if (value instanceof String text) {
      return PythonText.length(text);
    } else if (value instanceof Collection<?> items) {
      return items.size();
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    } else if (value instanceof View view && !view.isGenerator()) {
      return view.size();
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw new JinjaException("object of type '" + type(value) + "' has no len()");
  }

  /**
   * What going through a value gives, one after the other.
   *
   * @throws JinjaException when it cannot be gone through
   */
  @SuppressWarnings("unchecked")
  public static List<Object> items(Object value) {
    if (value instanceof List<?> list) {
      return (List<Object>) list;
    } else if (value instanceof String text) {
      return text.codePoints().mapToObj(Character::toString).collect(Collectors.toCollection(ArrayList::new));
    } else if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    } else if (value instanceof View view) {
      return view.take();
    } else if (value instanceof Undefined) {
      return List.of();
    }
    throw new JinjaException("'" + type(value) + "' object is not iterable");
  }

  public static boolean isIterable(Object value) {
    return value instanceof List || value instanceof String || value instanceof Map || value instanceof View
        || value instanceof Undefined;
  }

  public static List<Object> copy(Collection<?> items) {
    return new ArrayList<>(items);
  }

  public static List<Object> pairs(Map<?, ?> map) {
    List<Object> pairs = new ArrayList<>();
    map.forEach((key, item) -> {
      List<Object> pair = new ArrayList<>();
      pair.add(key);
      pair.add(item);
      pairs.add(new Tuple(pair));
    });
    return pairs;
  }
}
