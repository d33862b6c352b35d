package dev.kasane.text.data;

import dev.kasane.text.chat.ChatMessage;
import java.util.List;

/** The prompt of Stanford's Alpaca, with its two openings for records with and without input. */
public final class AlpacaTemplate {
  private static final String WITH_INPUT = "Below is an instruction that describes a task, paired with an input"
      + " that provides further context. Write a response that appropriately completes the request.\n\n";
  private static final String ALONE = "Below is an instruction that describes a task. Write a response that"
      + " appropriately completes the request.\n\n";

  private AlpacaTemplate() {}

  static TemplateText of(TextRecord record) {
    String instruction;
    String input = "";
    String output;
    if (Conversations.isAlpaca(record)) {
      instruction = record.text("instruction");
      input = record.text("input");
      output = record.learnt("output");
    } else {
      List<ChatMessage> turns = Conversations.of(record);
      int last = turns.size() - 1;
      instruction = String.join("\n\n", turns.subList(0, last).stream().map(ChatMessage::content).toList());
      output = turns.get(last).content();
    }
    return new TemplateText(List.of(new TextPart(prompt(instruction, input), false),
        new TextPart(output, true)), false);
  }

  /** What stands before the answer. */
  public static String prompt(String instruction, String input) {
    return input.isBlank() ? ALONE + "### Instruction:\n" + instruction + "\n\n### Response:\n"
        : WITH_INPUT + "### Instruction:\n" + instruction + "\n\n### Input:\n" + input + "\n\n### Response:\n";
  }
}
