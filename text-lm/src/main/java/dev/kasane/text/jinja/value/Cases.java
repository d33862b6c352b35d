package dev.kasane.text.jinja.value;

import java.util.Locale;

/** Upper and lower case, and what kind of characters a text has, as Python's texts see it. */
public final class Cases {
  private Cases() {}

  public static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    return titled(first) + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
  }

  private static String titled(int code) {
    String upper = Character.toString(code).toUpperCase(Locale.ROOT);
    // A letter that becomes two, such as a sharp s, keeps its second one small.
    return upper.codePointCount(0, upper.length()) > 1 ? capitalizeTwo(upper)
        : Character.toString(Character.toTitleCase(code));
  }

  private static String capitalizeTwo(String upper) {
    int first = Character.charCount(upper.codePointAt(0));
    return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int code : text.codePoints().toArray()) {
      out.append(inWord ? Character.toString(code).toLowerCase(Locale.ROOT) : titled(code));
      inWord = isCased(code);
    }
    return out.toString();
  }

  static String swap(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(code -> out.append(Character.isUpperCase(code)
        ? Character.toString(code).toLowerCase(Locale.ROOT) : Character.toString(code).toUpperCase(Locale.ROOT)));
    return out.toString();
  }

  static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static boolean isCased(int code) {
    return Character.isUpperCase(code) || Character.isLowerCase(code) || Character.isTitleCase(code);
  }

  public static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(code -> Character.isLowerCase(code) || Character.isTitleCase(code));
  }

  public static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(code -> Character.isUpperCase(code) || Character.isTitleCase(code));
  }

  static boolean isTitle(String text) {
    boolean cased = false;
    boolean before = false;
    for (int code : text.codePoints().toArray()) {
      boolean upper = Character.isUpperCase(code) || Character.isTitleCase(code);
      boolean lower = Character.isLowerCase(code);
      if (upper && before || lower && !before) {
        return false;
      }
      before = upper || lower;
      cased |= before;
    }
    return cased;
  }

  static boolean isDigit(int code) {
    return Character.isDigit(code) || Character.getType(code) == Character.OTHER_NUMBER
        && Character.getNumericValue(code) >= 0 && Character.getNumericValue(code) <= 9 && isMark(code);
  }

  /** Small and circled digits are digits; fractions and Roman numbers are not. */
  private static boolean isMark(int code) {
    return code == 0xB2 || code == 0xB3 || code == 0xB9 || code >= 0x2070 && code <= 0x2089
        || code >= 0x2460 && code <= 0x249B || code >= 0x24EA && code <= 0x24FF || code >= 0x2776 && code <= 0x2793;
  }

  public static boolean isNumeric(int code) {
    return Character.isDigit(code) || Character.getType(code) == Character.OTHER_NUMBER
        || Character.getType(code) == Character.LETTER_NUMBER;
  }

  static boolean isIdentifier(String text) {
    return !text.isEmpty() && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints().skip(1).allMatch(code -> Character.isUnicodeIdentifierPart(code)
            && !Character.isIdentifierIgnorable(code));
  }
}
