package dev.kasane.text.chat;

import java.util.List;
import java.util.Set;

/**
 * What a chat template renders.
 *
 * @param messages the turns
 * @param tools descriptions of the functions that the assistant may call, or null where the record has none
 * @param unread fields of the record that mean nothing to anybody, by name
 */
public record Conversation(List<ChatMessage> messages, List<?> tools, Set<String> unread) {
  /** Turns without tools. */
  public Conversation(List<ChatMessage> messages) {
    this(messages, null, Set.of());
  }

  /** The same with its first turns only. */
  public Conversation first(int turns) {
    return new Conversation(messages.subList(0, turns), tools, unread);
  }
}
