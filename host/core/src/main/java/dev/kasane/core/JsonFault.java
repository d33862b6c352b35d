package dev.kasane.core;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a text is no JSON, and why, in this program's words. The JSON library's own messages speak of its classes and
 * switches, which say nothing to a user: only this class reads them.
 *
 * @param line from 1
 * @param column from 1
 * @param what what is wrong there, without a full stop
 */
public record JsonFault(int line, int column, String what) {
  private static final int LONGEST_QUOTE = 60;
  private static final String UNKNOWN = "this is not how JSON is written";
  private static final String NOT_TEXT = "found bytes that are not UTF-8 text";
  /** What the library says, and what it means; {@code %s} is what was found. The first that fits counts. */
  private static final Map<Pattern, String> MEANINGS = meanings();

  private static Map<Pattern, String> meanings() {
    String found = "Unexpected character \\('(.+)' \\(code [^)]*\\)\\): ";
    Map<String, String> meanings = new LinkedHashMap<>();
    meanings.put("Unexpected end-of-input", "it ends in the middle");
    meanings.put("Trailing token", "more follows where it should end");
    meanings.put("Non-standard token '(.*?)'", "%s is no JSON number; write a number, or null");
    meanings.put("Unrecognized token '(.*?)'", "found %s; a text needs double quotes, and the only words without"
        + " are true, false and null");
    meanings.put("Duplicate field '(.*?)'", "the name '%s' stands twice in one object");
    meanings.put("Unexpected close marker '(.)'", "found %s, which closes nothing that is open here");
    meanings.put("Unrecognized character escape '(.)'", "\\%s is no escape of JSON; a backslash itself is \\\\");
    meanings.put("Unrecognized character escape", "a backslash stands before a control character; a backslash itself is"
        + " \\\\");
    meanings.put("Illegal unquoted character", "a tab, line break or other control character stands within a text;"
        + " write \\t or \\n");
    meanings.put(found + "maybe a \\(non-standard\\) comment", "found %s; JSON has no comments");
    meanings.put(found + "was expecting comma", "found %s, expected a comma or the end of the object or list");
    meanings.put(found + "was expecting a colon", "found %s, expected a colon");
    meanings.put(found + "was expecting double-quote", "found %s, expected a name in double quotes");
    meanings.put(found + "expected a valu?e?", "found %s, expected a value");
    meanings.put(found, "found %s, which does not belong here");
    meanings.put("character \\(\\(CTRL-CHAR, code (\\d+)\\)\\)",
        "found the control character number %s");
    meanings.put("Invalid UTF-8", NOT_TEXT);
    meanings.put("(?i)numeric|number", "found a number that is not written as JSON has it, such as 7, -0.5 or 1e-4");
    Map<Pattern, String> compiled = new LinkedHashMap<>();
    meanings.forEach((said, meant) -> compiled.put(Pattern.compile(said, Pattern.DOTALL), meant));
    return compiled;
  }

  /** What an exception of the JSON library means. */
  public static JsonFault of(JsonProcessingException e) {
    JsonLocation place = Optional.ofNullable(e.getLocation()).orElse(JsonLocation.NA);
    return new JsonFault(Math.max(1, place.getLineNr()), Math.max(1, place.getColumnNr()), what(e));
  }

  /**
   * Bytes that are no UTF-8 text.
   *
   * @param broken where the first of them stands, from 0
   */
  static JsonFault notText(byte[] bytes, int broken) {
    String before = new String(bytes, 0, broken, StandardCharsets.UTF_8);
    int line = 1 + (int) before.chars().filter(character -> character == '\n').count();
    return new JsonFault(line, before.length() - before.lastIndexOf('\n'), NOT_TEXT);
  }

  private static String what(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return "a text or number in it is too long, or it is nested too deeply";
    }
    String said = Optional.ofNullable(e.getOriginalMessage()).orElse("");
    for (Map.Entry<Pattern, String> meaning : MEANINGS.entrySet()) {
      Matcher matcher = meaning.getKey().matcher(said);
      if (matcher.find()) {
        return matcher.groupCount() == 0 ? meaning.getValue()
            : meaning.getValue().formatted(VisibleText.shortened(matcher.group(1), LONGEST_QUOTE));
      }
    }
    return UNKNOWN;
  }

  /** Place and reason. */
  @Override
  public String toString() {
    return "line " + line + ", column " + column + ": " + what;
  }
}
