package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Access;
import java.util.HashMap;
import java.util.Map;

/** The names that are known at one place of a template, over those around it. */
final class Scope {
  private static final Object HIDDEN = new Object();

  private final Scope outer;
  private final Map<String, Object> values = new HashMap<>();

  Scope(Scope outer) {
    this.outer = outer;
  }

  /** The value of a name, or {@link Access#MISSING}. */
  Object find(String name) {
    for (Scope each = this; each != null; each = each.outer) {
      Object value = each.values.getOrDefault(name, Access.MISSING);
      if (value != Access.MISSING) {
        return value == HIDDEN ? Access.MISSING : value;
      }
    }
    return Access.MISSING;
  }

  /** Makes a name one that has no value yet, whatever it is outside. */
  void hide(String name) {
    values.put(name, HIDDEN);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }
}
