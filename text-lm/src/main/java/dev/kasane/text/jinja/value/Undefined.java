package dev.kasane.text.jinja.value;

/**
 * What a name or an attribute is that does not exist: empty as text, as a list and as a condition, an error in any
 * other use.
 *
 * @param reason what does not exist
 */
public record Undefined(String reason) {
  public static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  public JinjaException error() {
    return new JinjaException(reason);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return Undefined.class.hashCode();
  }
}
