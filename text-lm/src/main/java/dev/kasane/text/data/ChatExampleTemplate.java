package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import dev.kasane.text.chat.ChatTemplate;
import dev.kasane.text.chat.Conversation;
import dev.kasane.text.jinja.JinjaTemplate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Renders conversations and finds in the text what the assistant says.
 *
 * @param template the chat template
 * @param marks texts of special tokens by the names that templates use
 */
record ChatExampleTemplate(ChatTemplate template, Map<String, String> marks) implements ExampleTemplate {
  private static final Set<String> CALLS = Set.of("tool_calls", "function_call");

  @Override
  public TemplateText of(TextRecord record) {
    Conversation conversation = Conversations.of(record);
    try {
      Set<String> unread = new LinkedHashSet<>(conversation.unread());
      unread.addAll(unreadOfTurns(conversation));
      JinjaTemplate.Rendered rendered = template.renderMarked(conversation, false, marks);
      boolean marked = !rendered.generated().isEmpty();
      List<TextPart> parts = marked ? partsByMarks(conversation, rendered)
          : partsByTurns(conversation, rendered.text());
      ChatMessage last = conversation.messages().get(conversation.messages().size() - 1);
      return new TemplateText(parts, true, marked || !(last.isAnswer() && last.learnt()), unread,
          conversation.messages().stream().noneMatch(ChatExampleTemplate::teaches));
    } catch (UserException e) {
      throw e.behind(record.place() + ": ");
    }
  }

  /** Whether a turn is learnt and says, thinks or calls anything. */
  private static boolean teaches(ChatMessage turn) {
    return turn.isAnswer() && turn.learnt() && (!turn.content().isBlank()
        || Stream.concat(CALLS.stream(), ChatTemplate.REASONING.stream()).map(turn.fields()::get)
            .anyMatch(said -> said != null && !said.toString().isBlank()));
  }

  /** Fields that the template does not speak of; what would vanish from what is learnt with them stops the run. */
  private Set<String> unreadOfTurns(Conversation conversation) {
    Set<String> unread = new LinkedHashSet<>();
    for (ChatMessage message : conversation.messages()) {
      message.fields().forEach((name, value) -> {
        if (value != null && !isRead(name)) {
          unread.add(name);
        }
      });
    }
    if (conversation.tools() != null && !template.mentions("tools")) {
      unread.add("tools");
    }
    List<String> lost = unread.stream().filter(name -> CALLS.contains(name) || name.equals("tools")).toList();
    if (!lost.isEmpty()) {
      throw new UserException("the chat template does not read " + String.join(" and ", lost) + ", so that calls of"
          + " functions would be left out of what is learnt. Choose another with «template», or remove the field.");
    }
    return unread;
  }

  private boolean isRead(String name) {
    return template.mentions(name) || name.equals(ChatMessage.CONTENT)
        || ChatTemplate.REASONING.contains(name) && ChatTemplate.REASONING.stream().anyMatch(template::mentions);
  }

  /** What the template itself marks as said by the assistant is learnt, as transformers' mask has it. */
  private static List<TextPart> partsByMarks(Conversation conversation, JinjaTemplate.Rendered rendered) {
    List<ChatMessage> answers = conversation.messages().stream().filter(ChatMessage::isAnswer).toList();
    boolean weighed = answers.stream().anyMatch(answer -> !answer.learnt());
    if (weighed && answers.size() != rendered.generated().size()) {
      throw new UserException("some answers are not to be learnt, but the chat template marks "
          + rendered.generated().size() + " stretches as generated for " + answers.size() + " answers, so that it"
          + " cannot be told which. Choose another with «template».");
    }
    List<TextPart> parts = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < rendered.generated().size(); i++) {
      JinjaTemplate.Span span = rendered.generated().get(i);
      parts.add(new TextPart(rendered.text().substring(at, span.begin()), false));
      parts.add(new TextPart(rendered.text().substring(span.begin(), span.end()), !weighed || answers.get(i).learnt()));
      at = span.end();
    }
    parts.add(new TextPart(rendered.text().substring(at), false));
    return parts.stream().filter(part -> !part.text().isEmpty()).toList();
  }

  /** What a turn of the assistant adds to the text is learnt. */
  private List<TextPart> partsByTurns(Conversation conversation, String whole) {
    List<TextPart> parts = new ArrayList<>();
    int at = 0;
    for (int turn = 0; turn < conversation.messages().size(); turn++) {
      ChatMessage message = conversation.messages().get(turn);
      if (!message.isAnswer()) {
        continue;
      }
      String before = template.render(conversation.first(turn), true, marks);
      String after = template.render(conversation.first(turn + 1), false, marks);
      if (whole.startsWith(after) && after.startsWith(before) && before.length() >= at) {
        parts.add(new TextPart(whole.substring(at, before.length()), false));
        parts.add(new TextPart(after.substring(before.length()), message.learnt()));
        at = after.length();
      } else if (message.learnt()) {
        throw new UserException("the chat template changes what comes before or in turn " + (turn + 1) + " when others"
            + " follow, so that this answer cannot be told apart. Mark what is learnt with {% generation %} in the"
            + " template, give the turn a weight of 0, or choose another with «template».");
      }
    }
    parts.add(new TextPart(whole.substring(at), false));
    return parts.stream().filter(part -> !part.text().isEmpty()).toList();
  }
}
