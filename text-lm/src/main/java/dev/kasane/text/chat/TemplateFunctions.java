package dev.kasane.text.chat;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Functions that Hugging Face offers to chat templates. */
public final class TemplateFunctions {
  /** Python's letters of {@code strftime} that templates use, in Java's. */
  private static final Map<Character, String> LETTERS = Map.ofEntries(Map.entry('Y', "yyyy"), Map.entry('y', "yy"),
      Map.entry('m', "MM"), Map.entry('d', "dd"), Map.entry('b', "MMM"), Map.entry('B', "MMMM"),
      Map.entry('a', "EEE"), Map.entry('A', "EEEE"), Map.entry('H', "HH"), Map.entry('I', "hh"),
      Map.entry('M', "mm"), Map.entry('S', "ss"), Map.entry('p', "a"), Map.entry('j', "DDD"));

  /** How Python writes that there is nothing. */
  private static final String NONE = "None";

  private TemplateFunctions() {}

  /** What a template says when it refuses a conversation. */
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** Refuses the conversation; without a message as Python has it. */
  public static String raiseException(String message) {
    throw new Refusal(message == null ? NONE : message);
  }

  /** The present date and time in the form that Python's {@code strftime} letters give. */
  public static String strftimeNow(String format) {
    return strftime(LocalDateTime.now(), format == null ? NONE : format);
  }

  static String strftime(LocalDateTime time, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char letter = format.charAt(i);
      if (letter != '%' || i + 1 == format.length()) {
        text.append(letter);
        continue;
      }
      i++;
      String pattern = LETTERS.get(format.charAt(i));
      text.append(pattern == null ? format.charAt(i) == '%' ? "%" : "%" + format.charAt(i)
          : DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time));
    }
    return text.toString();
  }

  /** The template's own words if it refused. */
  static Optional<String> refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal) {
        return Optional.of(cause.getMessage());
      }
    }
    return Optional.empty();
  }
}
