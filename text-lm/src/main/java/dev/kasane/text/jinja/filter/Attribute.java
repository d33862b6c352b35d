package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Undefined;
import java.util.function.UnaryOperator;

/** What filters are told to look at in each item: {@code attribute='a.b.0'}. */
public final class Attribute {
  private Attribute() {}

  /**
   * Gets at an attribute.
   *
   * @param attribute names and places with dots between them, one place, or null for the item itself
   * @param otherwise what counts where there is none, or {@link Access#MISSING}
   */
  public static UnaryOperator<Object> of(Object attribute, Object otherwise) {
    if (attribute == null) {
      return UnaryOperator.identity();
    }
    String[] parts = PythonText.str(attribute).split("\\.", -1);
    return item -> {
      Object value = item;
      for (String part : parts) {
        value = Access.item(value, part.matches("\\d{1,18}") ? (Object) Long.parseLong(part) : part);
        if (value instanceof Undefined && otherwise != Access.MISSING) {
          value = otherwise;
        }
      }
      return value;
    };
  }
}
