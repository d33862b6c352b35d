package dev.kasane.text.jinja;

import java.util.List;

/** A function that whoever renders a template gives to it. */
@FunctionalInterface
public interface JinjaFunction {
  /**
   * Calls it.
   *
   * @param arguments the arguments by their places
   * @throws dev.kasane.text.jinja.value.JinjaException to end the rendering
   */
  Object call(List<Object> arguments);
}
