package dev.kasane.text.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code namespace()} makes: the one thing whose attributes a template may set. */
public record Namespace(Map<String, Object> values) implements Attributes {
  public static Namespace of(Map<?, ?> fields) {
    Namespace namespace = new Namespace(new LinkedHashMap<>());
    fields.forEach((name, value) -> namespace.set(PythonText.str(name), value));
    return namespace;
  }

  public void set(String name, Object value) {
    check(name);
    values.put(name, value);
  }

  private static void check(String name) {
    if (name.startsWith("_")) {
      throw new JinjaException("chat templates cannot store the underscore-prefixed attribute "
          + PythonText.repr(name) + " on a namespace");
    }
  }

  @Override
  public Object attribute(String name) {
    return values.getOrDefault(name, Access.MISSING);
  }
}
