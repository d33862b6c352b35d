package dev.kasane.text.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user}, {@code assistant}, {@code tool} or what else the template knows
 * @param fields what the turn says, by the names that templates read: {@code content} (a text, or null beside {@code
 *     tool_calls}), {@code reasoning_content} and whatever its record has
 * @param learnt whether a turn of the assistant counts in the loss
 */
public record ChatMessage(String role, Map<String, Object> fields, boolean learnt) {
  /** The field that holds what is said. */
  public static final String CONTENT = "content";

  /** Keeps a copy of the fields. */
  public ChatMessage {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** A turn that is one text. */
  public ChatMessage(String role, String content) {
    this(role, Map.of(CONTENT, content), true);
  }

  /** What is said, empty where that is null. */
  public String content() {
    Object content = fields.get(CONTENT);
    return content == null ? "" : content.toString();
  }

  /** Whether the assistant speaks. */
  public boolean isAnswer() {
    return role.equals("assistant");
  }
}
