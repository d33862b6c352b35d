package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Attributes;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Namespace;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.Range;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
  private Globals() {}

  static void define(Scope scope) {
    scope.set("range", (Callable) (arguments, budget) -> range(arguments.positional(), budget));
    scope.set("dict", (Callable) (arguments, budget) -> dictionary(arguments));
    scope.set("namespace", (Callable) (arguments, budget) -> Namespace.of(dictionary(arguments)));
    scope.set("cycler", (Callable) (arguments, budget) -> new Cycler(arguments.positional()));
    scope.set("joiner", (Callable) (arguments, budget) -> joiner(arguments.text(0, "sep", ", ")));
  }

  private static Object range(List<Object> bounds, Budget budget) {
    long[] numbers = bounds.stream().mapToLong(each -> {
      if (!Operators.isWhole(each)) {
        throw each instanceof Undefined undefined ? undefined.error()
            : new JinjaException("'" + Values.type(each) + "' object cannot be interpreted as an integer");
      }
      return Operators.whole(each).longValue();
    }).toArray();
    if (numbers.length == 0 || numbers.length > 3) {
      throw new JinjaException("range expected 1 to 3 arguments, got " + numbers.length);
    }
    return new Range(numbers.length == 1 ? 0 : numbers[0], numbers[numbers.length == 1 ? 0 : 1],
        numbers.length == 3 ? numbers[2] : 1);
  }

  private static Map<Object, Object> dictionary(Arguments arguments) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (Object each : arguments.positional()) {
      if (each instanceof Map<?, ?> entries) {
        map.putAll(entries);
      } else {
        Values.items(each).stream().map(Values::pair).forEach(pair -> map.put(pair.get(0), pair.get(1)));
      }
    }
    map.putAll(arguments.named());
    return map;
  }

  private static Callable joiner(String between) {
    boolean[] used = new boolean[1];
    return (arguments, budget) -> {
      String text = used[0] ? between : "";
      used[0] = true;
      return text;
    };
  }

  /** Goes through values round and round. */
  private static final class Cycler implements Attributes {
    private final List<Object> items;
    private int at;

    Cycler(List<Object> items) {
      if (items.isEmpty()) {
        throw new JinjaException("at least one item has to be provided");
      }
      this.items = items;
    }

    @Override
    public Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(at);
        case "next" -> (Callable) (arguments, budget) -> next();
        case "reset" -> (Callable) (arguments, budget) -> {
          at = 0;
          return null;
        };
        default -> Access.MISSING;
      };
    }

    private Object next() {
      Object current = items.get(at);
      at = (at + 1) % items.size();
      return current;
    }
  }
}
