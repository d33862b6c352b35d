package dev.kasane.text.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import dev.kasane.text.chat.Conversation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a record as a conversation, whichever of the usual shapes it has: Alpaca ({@code instruction}, {@code
 * input}, {@code output}, {@code history}), messages ({@code role}, {@code content}), ShareGPT ({@code from}, {@code
 * value}), a prompt and its completion, or plain {@code text}; each with a {@code system} and {@code tools} of its own.
 */
final class Conversations {
  private static final String HISTORY = "history";
  private static final String SYSTEM = "system";
  private static final String TOOLS = "tools";

  private Conversations() {}

  /** Whether the record is one text without turns. */
  static boolean isPlain(TextRecord record) {
    return record.fields().containsKey("text") && !isAlpaca(record) && !isPair(record) && turns(record) == null;
  }

  static boolean isAlpaca(TextRecord record) {
    return record.fields().containsKey("instruction") && record.fields().containsKey("output");
  }

  private static boolean isPair(TextRecord record) {
    return record.fields().containsKey("prompt") && answerField(record) != null;
  }

  private static String answerField(TextRecord record) {
    return record.fields().containsKey("completion") ? "completion"
        : record.fields().containsKey("response") ? "response" : null;
  }

  private static String turnsField(TextRecord record) {
    return record.fields().containsKey("messages") ? "messages" : "conversations";
  }

  private static List<?> turns(TextRecord record) {
    return record.fields().get(turnsField(record)) instanceof List<?> list ? list : null;
  }

  /**
   * The conversation.
   *
   * @throws UserException when the record has none of the known shapes
   */
  static Conversation of(TextRecord record) {
    List<ChatMessage> messages = new ArrayList<>();
    Set<String> unread = new LinkedHashSet<>(record.fields().keySet());
    unread.removeIf(name -> record.fields().get(name) == null);
    unread.removeAll(Set.of(SYSTEM, TOOLS));
    List<?> turns = turns(record);
    if (turns != null) {
      unread.remove(turnsField(record));
      turns.forEach(turn -> messages.add(TurnReader.read(record, messages.size() + 1, turn)));
    } else if (isAlpaca(record)) {
      unread.removeAll(Set.of("instruction", "input", "output", HISTORY));
      alpaca(record, messages);
    } else if (isPair(record)) {
      unread.removeAll(Set.of("prompt", answerField(record)));
      messages.add(new ChatMessage("user", record.text("prompt")));
      messages.add(new ChatMessage("assistant", record.learnt(answerField(record))));
    } else {
      throw new UserException(record.place() + ": the record has the fields "
          + TextRecord.listed(record.fields().keySet()) + ". Expected instruction and output, messages,"
          + " conversations, prompt and completion, or text; or give a template with {field} holes.");
    }
    system(record, messages);
    if (messages.stream().noneMatch(message -> message.isAnswer() && message.learnt())) {
      throw new UserException(record.place() + ": nobody answers in this conversation. Expected a turn of"
          + " the role assistant (or gpt) that is learnt.");
    }
    return new Conversation(messages, tools(record), unread);
  }

  private static void alpaca(TextRecord record, List<ChatMessage> messages) {
    messages.addAll(history(record));
    String input = record.text("input");
    messages.add(new ChatMessage("user",
        input.isBlank() ? record.text("instruction") : record.text("instruction") + "\n\n" + input));
    messages.add(new ChatMessage("assistant", record.learnt("output")));
  }

  /** Earlier turns of an Alpaca record: pairs of what was asked and answered. */
  static List<ChatMessage> history(TextRecord record) {
    List<ChatMessage> messages = new ArrayList<>();
    Object history = record.fields().get(HISTORY);
    for (Object pair : history instanceof List<?> pairs ? pairs : List.of()) {
      if (!(pair instanceof List<?> two) || two.size() != 2 || !two.stream().allMatch(String.class::isInstance)) {
        throw new UserException(record.place() + ": the field '" + HISTORY + "' holds " + TextRecord.shown(pair)
            + ", expected pairs of what was asked and answered.");
      }
      messages.add(new ChatMessage("user", (String) two.get(0)));
      messages.add(new ChatMessage("assistant", (String) two.get(1)));
    }
    return messages;
  }

  private static void system(TextRecord record, List<ChatMessage> messages) {
    if (record.text(SYSTEM).isBlank()) {
      return;
    }
    if (!messages.isEmpty() && messages.get(0).role().equals(SYSTEM)) {
      throw new UserException(record.place() + ": the record has a field '" + SYSTEM + "' and a turn of that role."
          + " Remove one of them.");
    }
    messages.add(0, new ChatMessage(SYSTEM, record.text(SYSTEM)));
  }

  /** Descriptions of functions: a list, or JSON of one. */
  private static List<?> tools(TextRecord record) {
    Object tools = record.fields().get(TOOLS);
    if (tools == null || tools instanceof String text && text.isBlank()) {
      return null;
    }
    try {
      Object list = tools instanceof String text ? Json.MAPPER.readValue(text, Object.class) : tools;
      if (list instanceof List<?> several) {
        return several.isEmpty() ? null : several;
      }
    } catch (JsonProcessingException e) {
      // Said below, as for what is JSON of another kind.
    }
    throw new UserException(record.place() + ": the field '" + TOOLS + "' is no list of functions, nor JSON of one.");
  }
}
