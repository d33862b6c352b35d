package dev.kasane.text.jinja.value;

/** What a template can call: a macro, a function, a method of a value, a recursive loop. */
@FunctionalInterface
public interface Callable {
  /**
   * Calls it.
   *
   * @throws JinjaException when the arguments do not fit, or what it does fails
   */
  public Object call(Arguments arguments, Budget budget);
}
