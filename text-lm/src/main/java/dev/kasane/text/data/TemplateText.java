package dev.kasane.text.data;

import java.util.List;

/**
 * An example as text, before it becomes tokens.
 *
 * @param parts the text in order
 * @param complete whether the text carries its own marks, as chat templates' does; otherwise the tokeniser's
 *     marks are put around it
 */
public record TemplateText(List<TextPart> parts, boolean complete) {
  /** The whole text. */
  public String whole() {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.text()));
    return text.toString();
  }
}
