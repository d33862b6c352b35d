package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import dev.kasane.text.chat.Conversation;
import java.util.List;

/** The prompt of Stanford's Alpaca, with its two openings for records with and without input. */
public final class AlpacaTemplate {
  private static final String WITH_INPUT = "Below is an instruction that describes a task, paired with an input"
      + " that provides further context. Write a response that appropriately completes the request.\n\n";
  private static final String ALONE = "Below is an instruction that describes a task. Write a response that"
      + " appropriately completes the request.\n\n";

  private AlpacaTemplate() {}

  static TemplateText of(TextRecord record) {
    Conversation conversation = Conversations.of(record);
    List<ChatMessage> turns = upToLastAnswer(conversation.messages());
    boolean calls = turns.stream().anyMatch(turn -> turn.fields().get(ChatMessage.CONTENT) == null);
    if (conversation.tools() != null || calls) {
      throw new UserException(record.place() + ": Alpaca's prompt has no place for functions that are called. Choose"
          + " another with «template», or remove tools and tool_calls.");
    }
    boolean simple = Conversations.isAlpaca(record) && turns.size() == 2;
    String instruction = simple ? record.text("instruction")
        : String.join("\n\n", turns.subList(0, turns.size() - 1).stream().map(ChatMessage::content).toList());
    String answer = turns.get(turns.size() - 1).content();
    return new TemplateText(List.of(new TextPart(prompt(instruction, simple ? record.text("input") : ""), false),
        new TextPart(answer, true)), false, false, conversation.unread(), answer.isBlank());
  }

  /** What comes after the last answer that is learnt, there is no place for. */
  private static List<ChatMessage> upToLastAnswer(List<ChatMessage> turns) {
    int last = turns.size() - 1;
    while (!turns.get(last).isAnswer() || !turns.get(last).learnt()) {
      last--;
    }
    return turns.subList(0, last + 1);
  }

  /** What stands before the answer. */
  public static String prompt(String instruction, String input) {
    return input.isBlank() ? ALONE + "### Instruction:\n" + instruction + "\n\n### Response:\n"
        : WITH_INPUT + "### Instruction:\n" + instruction + "\n\n### Input:\n" + input + "\n\n### Response:\n";
  }
}
