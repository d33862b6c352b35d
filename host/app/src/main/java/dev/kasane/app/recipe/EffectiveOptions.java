package dev.kasane.app.recipe;

import java.util.Map;

/** A command that knows what options mean which nobody gave and which have no default of their own. */
public interface EffectiveOptions {
  /**
   * The values that such options take, after the arguments have been parsed.
   *
   * @return long name with its dashes → a number, truth value or text; options without an entry stay unset
   */
  Map<String, Object> effectiveOptions();
}
