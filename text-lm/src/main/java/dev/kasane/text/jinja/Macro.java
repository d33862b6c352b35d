package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Attributes;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Tuple;
import dev.kasane.text.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro: statements with parameters, whose value is what they write. */
final class Macro implements Callable, Attributes {
  private static final String CALLER = "caller";
  private static final String VARARGS = "varargs";
  private static final String KWARGS = "kwargs";

  /**
   * A macro as it is written.
   *
   * @param parameters their names
   * @param defaults what the last parameters are when they are not given
   * @param body the statements
   * @param uses which of {@code caller}, {@code varargs} and {@code kwargs} its body speaks of
   */
  record Definition(String name, List<String> parameters, List<Expression> defaults, Statement.Body body,
      List<String> uses) {}

  private final Definition definition;
  private final Rendering rendering;
  private final Scope scope;

  Macro(Definition definition, Rendering rendering, Scope scope) {
    this.definition = definition;
    this.rendering = rendering;
    this.scope = scope;
  }

  @Override
  public Object call(Arguments arguments, Budget ignored) {
    Scope own = definition.body().frame().open(scope);
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    List<String> parameters = definition.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i);
      if (i < arguments.positional().size()) {
        requireOnce(name, named);
        own.set(name, arguments.positional().get(i));
      } else if (named.containsKey(name)) {
        own.set(name, named.remove(name));
      } else {
        own.set(name, otherwise(i, own));
      }
    }
    rest(arguments, named, own);
    return rendering.capture(() -> rendering.run(definition.body().statements(), own));
  }

  private void requireOnce(String name, Map<String, Object> named) {
    if (named.containsKey(name)) {
      throw new JinjaException("macro '" + definition.name() + "' got multiple values for argument '" + name + "'");
    }
  }

  private Object otherwise(int parameter, Scope own) {
    int of = parameter - definition.parameters().size() + definition.defaults().size();
    return of < 0 ? new Undefined("parameter '" + definition.parameters().get(parameter) + "' was not provided")
        : rendering.value(definition.defaults().get(of), own);
  }

  /** What is given beyond the parameters. */
  private void rest(Arguments arguments, Map<String, Object> named, Scope own) {
    int known = definition.parameters().size();
    if (definition.uses().contains(CALLER) && !definition.parameters().contains(CALLER)) {
      own.set(CALLER, named.containsKey(CALLER) ? named.remove(CALLER) : new Undefined("No caller defined"));
    }
    if (definition.uses().contains(KWARGS)) {
      own.set(KWARGS, named);
    } else if (!named.isEmpty()) {
      throw new JinjaException(named.containsKey(CALLER)
          ? "macro '" + definition.name() + "' was invoked with two values for the special caller argument"
          : "macro '" + definition.name() + "' takes no keyword argument '" + named.keySet().iterator().next() + "'");
    }
    List<Object> more = arguments.positional().size() <= known ? List.of()
        : arguments.positional().subList(known, arguments.positional().size());
    if (definition.uses().contains(VARARGS)) {
      own.set(VARARGS, new Tuple(new ArrayList<>(more)));
    } else if (!more.isEmpty()) {
      throw new JinjaException("macro '" + definition.name() + "' takes not more than " + known + " argument(s)");
    }
  }

  @Override
  public Object attribute(String name) {
    return switch (name) {
      case "name" -> definition.name();
      case "arguments" -> new Tuple(new ArrayList<>(definition.parameters()));
      case "catch_kwargs" -> definition.uses().contains(KWARGS);
      case "catch_varargs" -> definition.uses().contains(VARARGS);
      case CALLER -> definition.uses().contains(CALLER);
      default -> Access.MISSING;
    };
  }

  @Override
  public String toString() {
    return "<Macro '" + definition.name() + "'>";
  }
}
