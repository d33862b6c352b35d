package dev.kasane.text.chat;

import java.util.Optional;

/**
 * Bounds on a template's text, which hold before the engine parses it: the time that takes doubles with each bracket
 * within a bracket, and each level of an expression lies deeper on the machine's stack.
 */
final class TemplateBounds {
  /** The longest template known has 30 KB. */
  private static final int LONGEST = 1 << 18;
  private static final int MOST_BRACKETS = 12;
  /** Words, numbers, signs and texts of one expression. */
  private static final int MOST_PARTS = 2_000;

  private final String source;
  private int at;
  private int line = 1;

  private TemplateBounds(String source) {
    this.source = source;
  }

  /** What is out of bounds, in words that follow a name for the template; empty if nothing is. */
  static Optional<String> fault(String source) {
    return source.length() > LONGEST
        ? Optional.of("it has " + source.length() + " characters, where none known has " + LONGEST)
        : new TemplateBounds(source).fault();
  }

  private Optional<String> fault() {
    while (at + 1 < source.length()) {
      boolean opens = source.charAt(at) == '{' && (source.charAt(at + 1) == '{' || source.charAt(at + 1) == '%');
      if (source.startsWith("{#", at)) {
        int end = source.indexOf("#}", at + 2);
        goTo(end < 0 ? source.length() : end);
      } else if (opens) {
        Optional<String> fault = expression();
        if (fault.isPresent()) {
          return fault;
        }
      } else {
        goTo(at + 1);
      }
    }
    return Optional.empty();
  }

  private void goTo(int place) {
    for (; at < place; at++) {
      line += source.charAt(at) == '\n' ? 1 : 0;
    }
  }

  /** Passes over an expression or a tag. */
  private Optional<String> expression() {
    String close = source.charAt(at + 1) == '{' ? "}}" : "%}";
    int depth = 0;
    int parts = 0;
    goTo(at + 2);
    while (at < source.length() && !(depth <= 0 && source.startsWith(close, at))) {
      char next = source.charAt(at);
      parts += Character.isWhitespace(next) ? 0 : 1;
      if ("([{".indexOf(next) >= 0 && ++depth > MOST_BRACKETS) {
        return Optional.of("in line " + line + " more than " + MOST_BRACKETS + " brackets lie within one another");
      }
      if (parts > MOST_PARTS) {
        return Optional.of("in line " + line + " an expression has more than " + MOST_PARTS + " parts");
      }
      depth -= ")]}".indexOf(next) >= 0 ? 1 : 0;
      goTo(behind(next));
    }
    return Optional.empty();
  }

  /** Where the part that begins here ends: a text, a word or number, a sign. */
  private int behind(char first) {
    int end = at + 1;
    if (first == '"' || first == '\'') {
      while (end < source.length() && source.charAt(end) != first) {
        end += source.charAt(end) == '\\' ? 2 : 1;
      }
      return Math.min(source.length(), end + 1);
    }
    while (Character.isJavaIdentifierPart(first) && end < source.length()
        && Character.isJavaIdentifierPart(source.charAt(end))) {
      end++;
    }
    return end;
  }
}
