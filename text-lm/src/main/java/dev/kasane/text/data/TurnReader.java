package dev.kasane.text.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads one turn of a record, in OpenAI's form ({@code role}, {@code content}) or ShareGPT's ({@code from}, ...). */
final class TurnReader {
  private static final Map<String, String> ROLES = Map.of("human", "user", "gpt", "assistant", "bot", "assistant",
      "model", "assistant", "chatgpt", "assistant", "observation", "tool", "function_call", "assistant");
  private static final String CALL = "function_call";
  private static final String CALLS = "tool_calls";
  private static final Set<String> WEIGHTS = Set.of("weight", "train");

  private final TextRecord record;
  private final int number;
  private final Map<?, ?> turn;

  private TurnReader(TextRecord record, int number, Map<?, ?> turn) {
    this.record = record;
    this.number = number;
    this.turn = turn;
  }

  /**
   * A turn.
   *
   * @param number its place in the conversation, from 1, for messages
   * @throws UserException when it has neither form, or says something that has no meaning here
   */
  static ChatMessage read(TextRecord record, int number, Object turn) {
    if (!(turn instanceof Map<?, ?> map)) {
      throw new UserException(record.place() + ": a turn of the conversation is " + TextRecord.shown(turn)
          + ", expected an object with role and content, or from and value.");
    }
    return new TurnReader(record, number, map).read();
  }

  private ChatMessage read() {
    Object role = turn.containsKey("role") ? turn.get("role") : turn.get("from");
    if (role == null || TextRecord.isNested(role)) {
      throw fault("has the fields [" + TextRecord.listed(turn.keySet()) + "]"
          + ", expected texts in role and content, or in from and value");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    turn.forEach((name, value) -> fields.put(String.valueOf(name), value));
    fields.keySet().removeAll(Set.of("role", "from", "value"));
    fields.keySet().removeAll(WEIGHTS);
    Object said = turn.containsKey(ChatMessage.CONTENT) ? turn.get(ChatMessage.CONTENT) : turn.get("value");
    if (role.equals(CALL)) {
      fields.put(CALLS, calls(said));
      fields.put(ChatMessage.CONTENT, null);
    } else {
      fields.put(ChatMessage.CONTENT, content(said, fields));
    }
    String speaker = ROLES.getOrDefault(role.toString(), role.toString());
    return new ChatMessage(speaker, fields, learnt(speaker));
  }

  private Object content(Object said, Map<String, Object> fields) {
    if (said instanceof List<?> parts) {
      return parts.stream().map(this::part).collect(Collectors.joining());
    }
    boolean calls = fields.get(CALLS) != null || fields.get(CALL) != null;
    if (said == null && calls) {
      return null;
    } else if (said == null || TextRecord.isNested(said)) {
      throw fault("has the fields [" + TextRecord.listed(turn.keySet()) + "]"
          + ", expected texts in role and content, or in from and value; content may be null beside " + CALLS);
    }
    return said.toString();
  }

  private String part(Object part) {
    if (part instanceof String text) {
      return text;
    } else if (part instanceof Map<?, ?> map && map.get("text") instanceof String text
        && (map.get("type") == null || map.get("type").equals("text"))) {
      return text;
    }
    throw fault("has content of several parts, one of which is no text: " + TextRecord.shown(part) + ". Language models here read texts");
  }

  /** ShareGPT's call: JSON of a name and arguments, or of several. It gets OpenAI's form, which templates read. */
  private List<?> calls(Object said) {
    try {
      Object call = said instanceof String text ? Json.MAPPER.readValue(text, Object.class) : said;
      List<?> calls = call instanceof List<?> several ? several : Collections.singletonList(call);
      if (calls.stream().allMatch(each -> each instanceof Map<?, ?> map && map.containsKey("name"))) {
        return calls.stream().map(each -> Map.of("type", "function", "function", each)).toList();
      }
    } catch (JsonProcessingException e) {
      // Said below, as for what is JSON of another kind.
    }
    throw fault("calls a function with " + TextRecord.shown(said) + ", expected JSON with a name and arguments");
  }

  /** OpenAI's {@code weight} of 0 or 1, and {@code train} of true or false: whether an answer counts. */
  private boolean learnt(String speaker) {
    boolean learnt = true;
    for (String name : WEIGHTS) {
      Object value = turn.get(name);
      boolean yes = value == null || Boolean.TRUE.equals(value) || value instanceof Number n && n.doubleValue() == 1;
      boolean no = Boolean.FALSE.equals(value) || value instanceof Number n && n.doubleValue() == 0;
      if (!yes && !no) {
        throw fault("has a " + name + " of " + TextRecord.shown(value)
            + ", expected 0 or 1, or true or false: an answer is learnt or not");
      } else if (yes && value != null && name.equals("train") && !speaker.equals("assistant")) {
        throw fault("is of the role " + speaker + " and is to be trained on; only answers of the assistant are. Learn"
            + " all of the text instead");
      }
      learnt &= yes;
    }
    return learnt;
  }

  private UserException fault(String what) {
    return new UserException(record.place() + ": turn " + number + " " + what + ".");
  }
}
