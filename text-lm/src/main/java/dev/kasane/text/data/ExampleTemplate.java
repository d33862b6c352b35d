package dev.kasane.text.data;

import dev.kasane.core.UserException;

/** How a record becomes text. */
@FunctionalInterface
public interface ExampleTemplate {
  /**
   * The text of a record.
   *
   * @throws UserException naming file and line when the record does not fit
   */
  TemplateText of(TextRecord record);
}
