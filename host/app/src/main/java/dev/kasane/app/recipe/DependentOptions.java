package dev.kasane.app.recipe;

import java.util.Set;

/**
 * Options that mean something only along with the value of another, as a method's options do: where the command
 * line has another value for that one, a recipe's values for these do not count.
 */
public interface DependentOptions {
  /** The option that they depend on, without its dashes. */
  String decider();

  /** The options that depend on it, without their dashes. */
  Set<String> dependents();
}
