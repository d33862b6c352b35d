package dev.kasane.text.tokenizer.file;

/** The visible character that byte-level vocabularies write for a byte (GPT-2's table). */
public final class ByteSymbols {
  private static final String[] SYMBOLS = new String[256];

  static {
    int next = 256;
    for (int part = 0; part < 256; part++) {
      boolean visible = part >= '!' && part <= '~' || part >= 0xA1 && part <= 0xAC || part >= 0xAE;
      SYMBOLS[part] = Character.toString(visible ? part : next++);
    }
  }

  private ByteSymbols() {}

  public static String of(byte part) {
    return SYMBOLS[part & 0xFF];
  }
}
