package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatTemplate;
import dev.kasane.text.chat.ChatTemplates;
import dev.kasane.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The templates that a user can choose by name, or give. */
public final class ExampleTemplates {
  /** Names of the templates. */
  public static final List<String> NAMES = List.of("auto", "alpaca", "chatml", "llama", "model", "text");

  private static final String CHATML = "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n'"
      + " + message.content + '<|im_end|>\\n' }}{% endfor %}"
      + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  private static final String LLAMA = "{% set system = '' %}{% set turns = messages %}"
      + "{% if messages[0].role == 'system' %}{% set system = '<<SYS>>\\n' + messages[0].content"
      + " + '\\n<</SYS>>\\n\\n' %}{% set turns = messages[1:] %}{% endif %}"
      + "{% for message in turns %}{% if message.role == 'user' %}"
      + "{{ (bos_token or '') + '[INST] ' + (system if loop.first else '') + message.content + ' [/INST]' }}"
      + "{% else %}{{ ' ' + message.content + ' ' + (eos_token or '') }}{% endif %}{% endfor %}";

  private ExampleTemplates() {}

  /**
   * The template of a name, or the one that is given.
   *
   * @param choice {@code alpaca}; {@code chatml}; {@code llama}; {@code model} for the model's own chat template;
   *     {@code text} for records that are texts; {@code auto} for the first that fits; or a text with {@code
   *     {field}} holes, the last of which is the answer
   * @param folder the model's folder, for its own template
   * @param tokenizer gives the marks that templates name
   * @throws UserException when the choice is unknown or the model has no template
   */
  public static ExampleTemplate choose(String choice, Path folder, Tokenizer tokenizer) {
    Map<String, String> marks = tokenizer.specialTokens();
    return switch (choice) {
      case "auto" -> automatic(ChatTemplates.find(folder), marks);
      case "alpaca" -> AlpacaTemplate::of;
      case "chatml" -> new ChatExampleTemplate(new ChatTemplate(CHATML, "chatml"), marks);
      case "llama" -> new ChatExampleTemplate(new ChatTemplate(LLAMA, "llama"), marks);
      case "model" -> new ChatExampleTemplate(ChatTemplates.find(folder).orElseThrow(() -> new UserException(
          "The model in " + folder + " has no chat template. Choose another with «template»: "
              + String.join(", ", NAMES) + ", or a text with {field} holes.")), marks);
      case "text" -> ExampleTemplates::plain;
      default -> FieldTemplate.parse(choice);
    };
  }

  private static ExampleTemplate automatic(Optional<ChatTemplate> own, Map<String, String> marks) {
    ChatTemplate template = own.orElseGet(() -> new ChatTemplate(CHATML, "chatml"));
    ExampleTemplate chat = new ChatExampleTemplate(template, marks);
    return record -> Conversations.isPlain(record) ? plain(record)
        : own.isEmpty() && Conversations.isAlpaca(record) ? AlpacaTemplate.of(record) : chat.of(record);
  }

  private static TemplateText plain(TextRecord record) {
    return new TemplateText(List.of(new TextPart(record.learnt("text"), true)), false);
  }
}
