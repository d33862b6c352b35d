package dev.kasane.core.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The printable character that stands for each byte in a byte-level vocabulary (the GPT-2 convention):
 * visible Latin-1 bytes stand for themselves, the 68 others (controls, space, soft hyphen) are moved to
 * U+0100 and up.
 */
public final class ByteAlphabet {
  private static final int SIZE = 256;
  private static final char[] SYMBOLS = new char[SIZE];
  private static final int[] BYTES = new int[2 * SIZE];
  private static final List<String> VOCABULARY_ORDER;

  static {
    List<String> visible = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    Arrays.fill(BYTES, -1);
    for (int value = 0; value < SIZE; value++) {
      boolean shown = isVisible(value);
      char symbol = (char) (shown ? value : SIZE + moved.size());
      (shown ? visible : moved).add(String.valueOf(symbol));
      SYMBOLS[value] = symbol;
      BYTES[symbol] = value;
    }
    visible.addAll(moved);
    VOCABULARY_ORDER = List.copyOf(visible);
  }

  private ByteAlphabet() {}

  /** The character that stands for a byte, 0 to 255. */
  public static char symbol(int value) {
    return SYMBOLS[value];
  }

  /** The byte that a character stands for, or -1 if it stands for none. */
  public static int byteOf(char symbol) {
    return symbol < BYTES.length ? BYTES[symbol] : -1;
  }

  /** Whether a token is written in these characters alone, each of which is one byte of it. */
  public static boolean spells(String token) {
    return token.chars().allMatch(symbol -> byteOf((char) symbol) >= 0);
  }

  /** All 256 characters in the order in which CLIP vocabularies number them: the unmoved first. */
  public static List<String> inVocabularyOrder() {
    return VOCABULARY_ORDER;
  }

  /** The UTF-8 bytes of a text, each written as its character. */
  public static String spell(String text) {
    return spell(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes, each written as its character. */
  public static String spell(byte[] bytes) {
    char[] symbols = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = SYMBOLS[bytes[i] & 0xFF];
    }
    return new String(symbols);
  }

  private static boolean isVisible(int value) {
    return value >= '!' && value <= '~' || value >= 0xA1 && value != 0xAD;
  }
}
