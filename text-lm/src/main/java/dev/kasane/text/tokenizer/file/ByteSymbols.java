package dev.kasane.text.tokenizer.file;

/** The visible character that byte-level vocabularies write for a byte (GPT-2's table). */
public final class ByteSymbols {
  private static final String[] SYMBOLS = new String[256];
  private static final boolean[] IS_SYMBOL = new boolean[512];

  static {
    int next = 256;
    for (int part = 0; part < 256; part++) {
      boolean visible = part >= '!' && part <= '~' || part >= 0xA1 && part <= 0xAC || part >= 0xAE;
      SYMBOLS[part] = Character.toString(visible ? part : next++);
      IS_SYMBOL[SYMBOLS[part].charAt(0)] = true;
    }
  }

  private ByteSymbols() {}

  public static String of(byte part) {
    return SYMBOLS[part & 0xFF];
  }

  /** Whether a token is written in these characters alone, each of which is one byte of it. */
  public static boolean areAll(String token) {
    return token.chars().allMatch(symbol -> symbol < IS_SYMBOL.length && IS_SYMBOL[symbol]);
  }
}
