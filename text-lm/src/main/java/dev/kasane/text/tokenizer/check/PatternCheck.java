package dev.kasane.text.tokenizer.check;

import dev.kasane.core.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Checks what components look for in texts. The library searches with Oniguruma, which gives up after ten million
 * steps at one place, and the library with it: it ends the whole program.
 */
final class PatternCheck {
  /** Less than Oniguruma allows; and it counts only the steps back. */
  private static final double MOST_STEPS = 8_000_000;

  private PatternCheck() {}

  /**
   * Checks the pattern of a component.
   *
   * @param component something with a {@code pattern}
   * @param length the longest text that it meets, in characters
   * @return characters that a match has at least
   * @throws UserException when a search may not end in time
   */
  static int check(TokenizerPart component, double length) {
    TokenizerPart pattern = component.child("pattern");
    if (pattern.json().path("String").isTextual()) {
      return pattern.text("String").length();
    }
    String regex = pattern.text("Regex");
    try {
      RegexNode node = RegexReader.read(regex);
      if (RegexCost.of(node, length) > MOST_STEPS) {
        throw new IllegalArgumentException("may take more than " + (long) MOST_STEPS + " steps at one place of a text");
      }
      return node.shortest();
    } catch (IllegalArgumentException e) {
      throw pattern.refusal("is the regular expression " + TokenizerPart.quote(regex) + ", which " + e.getMessage());
    }
  }

  /**
   * A text with all that a component looks for replaced.
   *
   * @throws UserException when that cannot be told beforehand
   */
  static String replaced(TokenizerPart component, String text) {
    TokenizerPart pattern = component.child("pattern");
    String content = component.text("content");
    if (pattern.json().path("String").isTextual()) {
      return text.replace(pattern.text("String"), content);
    }
    try {
      return Pattern.compile(pattern.text("Regex"), Pattern.UNICODE_CHARACTER_CLASS)
          .matcher(text).replaceAll(Matcher.quoteReplacement(content));
    } catch (PatternSyntaxException | StackOverflowError e) {
      throw pattern.refusal("is a regular expression that may leave nothing of an added token");
    }
  }
}
