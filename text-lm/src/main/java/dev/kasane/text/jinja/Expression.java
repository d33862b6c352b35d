package dev.kasane.text.jinja;

import dev.kasane.text.jinja.filter.Attribute;
import dev.kasane.text.jinja.filter.Filters;
import dev.kasane.text.jinja.filter.Tests;
import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.Comparison;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Tuple;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A part of a template that has a value. */
interface Expression {
  /** The value; others ask for it through {@link Rendering#value}, which counts. */
  Object value(Rendering rendering, Scope scope);

  /** A number, a text, a truth value or None. */
  record Constant(Object constant) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return constant;
    }
  }

  /** A variable. */
  record Name(String name) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object found = scope.find(name);
      return found == Access.MISSING ? Undefined.name(name) : found;
    }
  }

  /** {@code value.name}. */
  record Attribute(Expression of, String name) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return Access.attribute(rendering.value(of, scope), name);
    }
  }

  /** {@code value[key]}. */
  record Item(Expression of, Expression key) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object value = rendering.value(of, scope);
      if (!(key instanceof Slice slice)) {
        return Access.item(value, rendering.value(key, scope));
      }
      rendering.charge(value instanceof List<?> items ? items.size() : 1);
      Object part = Access.slice(value, slice.bound(slice.start, rendering, scope),
          slice.bound(slice.stop, rendering, scope), slice.bound(slice.step, rendering, scope));
      return part instanceof String text ? rendering.text(text) : part;
    }
  }

  /** {@code start:stop:step} inside square brackets; null is a bound that is not given. */
  record Slice(Expression start, Expression stop, Expression step) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      throw new JinjaException("a slice stands for itself");
    }

    private Object bound(Expression bound, Rendering rendering, Scope scope) {
      return bound == null ? null : rendering.value(bound, scope);
    }
  }

  /** Arguments as they are written: by place, by name, and unpacked from a list and a dictionary (null for none). */
  record Given(List<Expression> positional, Map<String, Expression> named, Expression list, Expression dictionary) {
    static final Given NOTHING = new Given(List.of(), Map.of(), null, null);

    Arguments values(Rendering rendering, Scope scope) {
      List<Object> places = new ArrayList<>();
      positional.forEach(each -> places.add(rendering.value(each, scope)));
      if (list != null) {
        places.addAll(Values.items(rendering.value(list, scope)));
      }
      Map<String, Object> names = new LinkedHashMap<>();
      named.forEach((name, each) -> names.put(name, rendering.value(each, scope)));
      if (dictionary != null) {
        if (!(rendering.value(dictionary, scope) instanceof Map<?, ?> map)) {
          throw new JinjaException("argument after ** must be a mapping");
        }
        map.forEach((key, value) -> names.put(PythonText.str(key), value));
      }
      return new Arguments(places, names);
    }
  }

  /** {@code callee(arguments)}. */
  record Call(Expression callee, Given given) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return call(rendering, scope, Map.of());
    }

    Object call(Rendering rendering, Scope scope, Map<String, Object> extra) {
      Object called = rendering.value(callee, scope);
      Arguments arguments = given.values(rendering, scope);
      arguments.named().putAll(extra);
      if (called instanceof Undefined undefined) {
        throw undefined.error();
      } else if (called instanceof Callable function) {
        return rendering.deeper(() -> function.call(arguments, rendering));
      }
      throw new JinjaException("'" + Values.type(called) + "' object is not callable");
    }
  }

  /** {@code value|name(arguments)}; the value is null where a block's text is filtered. */
  record Filtered(Expression of, String name, Filters.Filter filter, Given given) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return apply(rendering.value(of, scope), rendering, scope);
    }

    Object apply(Object value, Rendering rendering, Scope scope) {
      rendering.charge(value instanceof String text ? text.length() / Rendering.UNITS_A_STEP : 1);
      Object made = filter.apply(value, given.values(rendering, scope), rendering);
      return made instanceof String text ? rendering.text(text) : made;
    }
  }

  /** {@code value is name(arguments)}. */
  record Tested(Expression of, Tests.Test test, Given given) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object value = rendering.value(of, scope);
      Arguments arguments = given.values(rendering, scope);
      arguments.positional().forEach(each -> rendering.charge(Values.weight(each)));
      return test.holds(value, arguments);
    }
  }

  /** {@code not value}. */
  record Not(Expression of) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return !Values.isTrue(rendering.value(of, scope));
    }
  }

  /** {@code -value} and {@code +value}. */
  record Signed(boolean negative, Expression of) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object value = rendering.value(of, scope);
      return negative ? Operators.negative(value) : Operators.positive(value);
    }
  }

  /** {@code left or right}, or {@code and}: the operand that decides. */
  record Either(boolean or, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object value = rendering.value(left, scope);
      return Values.isTrue(value) == or ? value : rendering.value(right, scope);
    }
  }

  /** An arithmetic operator. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      return Operators.apply(operator, rendering.value(left, scope), rendering.value(right, scope), rendering);
    }
  }

  /** One operand after another, and how it is compared with the one before it. */
  record Next(Comparison comparison, Expression operand) {}

  /** {@code first < second <= third}. */
  record Compared(Expression first, List<Next> others) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Object left = rendering.value(first, scope);
      for (Next each : others) {
        Object right = rendering.value(each.operand(), scope);
        rendering.charge(each.comparison().work(left, right));
        if (!each.comparison().holds(left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concatenated(List<Expression> parts) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      List<String> texts = new ArrayList<>();
      parts.forEach(each -> texts.add(PythonText.str(rendering.value(each, scope))));
      return rendering.text(texts.stream().mapToLong(String::length).sum(), () -> String.join("", texts));
    }
  }

  /** {@code value if condition else other}; undefined without an else. */
  record Conditional(Expression condition, Expression value, Expression other) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      if (Values.isTrue(rendering.value(condition, scope))) {
        return rendering.value(value, scope);
      }
      return other != null ? rendering.value(other, scope)
          : new Undefined("the inline if-expression evaluated to false and no else section was defined.");
    }
  }

  /** {@code [a, b]} or {@code (a, b)}. */
  record Items(boolean tuple, List<Expression> items) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      List<Object> values = items.stream().map(each -> rendering.value(each, scope))
          .collect(Collectors.toCollection(ArrayList::new));
      return tuple ? new Tuple(values) : values;
    }
  }

  /** {@code {a: b}}. */
  record Dictionary(List<Expression> keys, List<Expression> items) implements Expression {
    @Override
    public Object value(Rendering rendering, Scope scope) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object key = rendering.value(keys.get(i), scope);
        Object known = Access.key(map, key);
        map.put(known == Access.MISSING ? key : known, rendering.value(items.get(i), scope));
      }
      return map;
    }
  }
}
