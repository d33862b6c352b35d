package dev.kasane.text.chat;

import dev.kasane.core.UserException;
import dev.kasane.text.jinja.JinjaFunction;
import dev.kasane.text.jinja.JinjaTemplate;
import dev.kasane.text.jinja.value.JinjaException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model's chat template: Jinja text that turns a conversation into the text the model was tuned on.
 *
 * <p>Templates come with models from anywhere. They are run by an interpreter of our own, which reaches nothing but
 * the values that it is given and bounds steps, depth and text.
 */
public final class ChatTemplate {
  private static final Map<String, JinjaFunction> FUNCTIONS = Map.of(
      "raise_exception", TemplateFunctions::raiseException, "strftime_now", TemplateFunctions::strftimeNow);

  /** What the assistant thinks before it answers, by the names that records have for it. */
  public static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

  private final String source;
  private final String origin;
  private JinjaTemplate parsed;

  /**
   * @param source the template's text; it is looked at when it is first used
   * @param origin where it comes from, for messages
   */
  public ChatTemplate(String source, String origin) {
    this.source = source;
    this.origin = origin;
  }

  /**
   * The text of a conversation.
   *
   * @param conversation the turns so far
   * @param addGenerationPrompt whether the text ends where the assistant is to go on
   * @param specialTokens texts of marks by the names that templates use, such as {@code bos_token}
   * @throws UserException when the template is malformed, refuses the conversation or does not come to an end
   */
  public String render(Conversation conversation, boolean addGenerationPrompt, Map<String, String> specialTokens) {
    return renderMarked(conversation, addGenerationPrompt, specialTokens).text();
  }

  /**
   * The same, with the parts that the template marks as said by the assistant ({@code generation} tags); a template
   * that marks nothing has none.
   */
  public JinjaTemplate.Rendered renderMarked(Conversation conversation, boolean addGenerationPrompt,
      Map<String, String> specialTokens) {
    Map<String, Object> values = new LinkedHashMap<>(specialTokens);
    values.put("messages", conversation.messages().stream().map(ChatTemplate::turn).toList());
    values.put("add_generation_prompt", addGenerationPrompt);
    values.put("tools", conversation.tools());
    values.put("documents", null);
    try {
      return parsed().render(values, FUNCTIONS);
    } catch (JinjaException e) {
      throw new UserException("The chat template of " + origin + " refuses this conversation: " + e.getMessage()
          + ". Change the conversation, or choose another template with «template».", e);
    }
  }

  /** Whether the template speaks of a field of turns, or of a variable; one that does not cannot render it. */
  public boolean mentions(String name) {
    return source.contains(name);
  }

  /** Reasoning has three names; as in transformers every template finds it under those that are read today. */
  private static Map<String, Object> turn(ChatMessage message) {
    Map<String, Object> turn = new LinkedHashMap<>();
    turn.put("role", message.role());
    turn.putAll(message.fields());
    Object reasoning = REASONING.stream().map(turn::get).filter(Objects::nonNull).findFirst().orElse(null);
    if (reasoning != null) {
      turn.putIfAbsent("thinking", reasoning);
      turn.put(REASONING.get(0), reasoning);
    }
    return turn;
  }

  private synchronized JinjaTemplate parsed() {
    if (parsed == null) {
      try {
        parsed = JinjaTemplate.parse(source);
      } catch (JinjaException e) {
        throw new UserException("The chat template of " + origin + " is malformed: " + e.getMessage()
            + ". Mend it, or choose another template with «template».", e);
      }
    }
    return parsed;
  }
}
