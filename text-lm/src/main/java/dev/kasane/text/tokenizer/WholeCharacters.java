package dev.kasane.text.tokenizer;

/** Texts of whole characters, and where each character begins. */
final class WholeCharacters {
  private static final char REPLACEMENT = '\uFFFD';

  private WholeCharacters() {}

  /** The text with U+FFFD for each half of a surrogate pair that stands alone; such a half has no UTF-8. */
  static String of(String text) {
    if (text.chars().noneMatch(unit -> Character.isSurrogate((char) unit))) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text.length());
    text.codePoints().forEach(character ->
        whole.appendCodePoint(Character.getType(character) == Character.SURROGATE ? REPLACEMENT : character));
    return whole.toString();
  }

  /** Where each character begins, in units of UTF-16, and after the last one where the text ends. */
  static int[] places(String text) {
    int[] places = new int[text.codePointCount(0, text.length()) + 1];
    int at = 0;
    for (int character = 0; character < places.length; character++) {
      places[character] = at;
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
    }
    return places;
  }
}
