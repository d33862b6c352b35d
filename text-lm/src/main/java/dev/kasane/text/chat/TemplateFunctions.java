package dev.kasane.text.chat;

import dev.kasane.text.jinja.value.JinjaException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions that Hugging Face offers to chat templates. */
final class TemplateFunctions {
  /** Python's letters of {@code strftime} that templates use, in Java's. */
  private static final Map<Character, String> LETTERS = Map.ofEntries(Map.entry('Y', "yyyy"), Map.entry('y', "yy"),
      Map.entry('m', "MM"), Map.entry('d', "dd"), Map.entry('b', "MMM"), Map.entry('B', "MMMM"),
      Map.entry('a', "EEE"), Map.entry('A', "EEEE"), Map.entry('H', "HH"), Map.entry('I', "hh"),
      Map.entry('M', "mm"), Map.entry('S', "ss"), Map.entry('p', "a"), Map.entry('j', "DDD"));

  private TemplateFunctions() {}

  /** Refuses the conversation, in the template's words. */
  static Object raiseException(List<Object> arguments) {
    throw new JinjaException(arguments.isEmpty() || arguments.get(0) == null ? "it gives no reason"
        : String.valueOf(arguments.get(0)));
  }

  /** The present date and time in the form that Python's {@code strftime} letters give. */
  static Object strftimeNow(List<Object> arguments) {
    if (arguments.size() != 1 || !(arguments.get(0) instanceof String format)) {
      throw new JinjaException("strftime_now takes a text such as '%d %b %Y'");
    }
    return strftime(LocalDateTime.now(), format);
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
}
