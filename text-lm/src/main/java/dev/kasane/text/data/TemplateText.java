package dev.kasane.text.data;

import java.util.List;
import java.util.Set;

/**
 * An example as text, before it becomes tokens.
 *
 * @param parts the text in order
 * @param complete whether the text carries its own marks, as chat templates' does; otherwise the tokeniser's
 *     marks are put around it
 * @param decided whether the parts say all of what is learnt, so that no end mark is added or learnt beyond them
 * @param unread names of fields of the record, or of its turns, that are in no part of the text
 * @param silent whether every answer that is learnt is empty, so that only marks of the template would be
 */
public record TemplateText(List<TextPart> parts, boolean complete, boolean decided, Set<String> unread,
    boolean silent) {
  /** A text whose answers are nothing but what is said, whose end mark is learnt, and added where it has none. */
  public TemplateText(List<TextPart> parts, boolean complete) {
    this(parts, complete, false, Set.of(),
        parts.stream().filter(TextPart::answer).allMatch(answer -> answer.text().isBlank()));
  }

  /** The whole text. */
  public String whole() {
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.text()));
    return text.toString();
  }
}
