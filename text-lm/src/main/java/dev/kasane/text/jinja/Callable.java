package dev.kasane.text.jinja;

/** What a template can call: a macro, a function, a method of a value, a recursive loop. */
@FunctionalInterface
interface Callable {
  /**
   * Calls it.
   *
   * @throws JinjaException when the arguments do not fit, or what it does fails
   */
  Object call(Arguments arguments, Rendering rendering);
}
