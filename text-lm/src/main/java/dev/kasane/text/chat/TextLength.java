package dev.kasane.text.chat;

import dev.kasane.core.UserException;
import java.io.StringWriter;

/** The bound on texts that a template makes. */
final class TextLength {
  /** Characters. */
  static final int MOST = 4 << 20;

  private TextLength() {}

  /**
   * Checks a text before it is made.
   *
   * @throws UserException when it is too long
   */
  static void require(long characters) {
    if (characters > MOST) {
      throw new UserException("it makes a text of more than " + MOST + " characters");
    }
  }

  /** The length of a text in which every occurrence of a part is replaced. */
  static long replaced(String text, String part, String by) {
    long occurrences = part.isEmpty() ? text.length() + 1L : 0;
    for (int at = part.isEmpty() ? -1 : text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      occurrences++;
    }
    return text.length() + occurrences * (by.length() - part.length());
  }

  /** Writes a text as far as the bound goes. */
  static final class Writer extends StringWriter {
    @Override
    public void write(char[] characters, int from, int length) {
      require((long) getBuffer().length() + length);
      super.write(characters, from, length);
    }

    @Override
    public void write(String text, int from, int length) {
      require((long) getBuffer().length() + length);
      super.write(text, from, length);
    }

    @Override
    public void write(int character) {
      require(getBuffer().length() + 1L);
      super.write(character);
    }
  }
}
