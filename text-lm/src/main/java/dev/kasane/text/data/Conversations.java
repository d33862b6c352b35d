package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads a record as a conversation, whichever of the usual shapes it has: Alpaca ({@code instruction}, {@code
 * input}, {@code output}), messages ({@code role}, {@code content}), ShareGPT ({@code from}, {@code value}), a
 * prompt and its completion, or plain {@code text}.
 */
final class Conversations {
  private static final Map<String, String> ROLES =
      Map.of("human", "user", "gpt", "assistant", "bot", "assistant", "model", "assistant", "chatgpt", "assistant");

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

  private static List<?> turns(TextRecord record) {
    Object turns = record.fields().containsKey("messages")
        ? record.fields().get("messages") : record.fields().get("conversations");
    return turns instanceof List<?> list ? list : null;
  }

  /**
   * The conversation.
   *
   * @throws UserException when the record has none of the known shapes
   */
  static List<ChatMessage> of(TextRecord record) {
    List<?> turns = turns(record);
    if (turns != null) {
      return messages(record, turns);
    }
    List<ChatMessage> messages = new ArrayList<>();
    if (!record.text("system").isBlank()) {
      messages.add(new ChatMessage("system", record.text("system")));
    }
    if (isAlpaca(record)) {
      String input = record.text("input");
      messages.add(new ChatMessage("user",
          input.isBlank() ? record.text("instruction") : record.text("instruction") + "\n\n" + input));
      messages.add(new ChatMessage("assistant", record.learnt("output")));
    } else if (isPair(record)) {
      messages.add(new ChatMessage("user", record.text("prompt")));
      messages.add(new ChatMessage("assistant", record.learnt(answerField(record))));
    } else {
      throw new UserException(record.place() + ": the record has the fields "
          + TextRecord.listed(record.fields().keySet()) + ". Expected instruction and output, messages,"
          + " conversations, prompt and completion, or text; or give a template with {field} holes.");
    }
    return messages;
  }

  private static List<ChatMessage> messages(TextRecord record, List<?> turns) {
    List<ChatMessage> messages = new ArrayList<>();
    for (Object turn : turns) {
      if (!(turn instanceof Map<?, ?> map)) {
        throw new UserException(record.place() + ": a turn of the conversation is " + TextRecord.shown(turn)
            + ", expected an object with role and content, or from and value.");
      }
      Object role = map.containsKey("role") ? map.get("role") : map.get("from");
      Object content = map.containsKey("content") ? map.get("content") : map.get("value");
      if (role == null || content == null || TextRecord.isNested(role) || TextRecord.isNested(content)) {
        throw new UserException(record.place() + ": turn " + (messages.size() + 1) + " has the fields ["
            + TextRecord.listed(map.keySet()) + "]"
            + ", expected texts in role and content, or in from and value.");
      }
      messages.add(new ChatMessage(ROLES.getOrDefault(role.toString(), role.toString()), content.toString()));
    }
    if (messages.stream().noneMatch(message -> message.role().equals("assistant"))) {
      throw new UserException(record.place() + ": nobody answers in this conversation. Expected a turn of"
          + " the role assistant (or gpt).");
    }
    return messages;
  }
}
