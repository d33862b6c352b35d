package dev.kasane.text.generation;

import dev.kasane.text.tokenizer.TokenSpans;
import dev.kasane.text.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/** One token for each byte of UTF-8, so that most characters outside ASCII are split. */
final class ByteTokenizer implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecial) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    Arrays.setAll(ids, i -> bytes[i] & 0xff);
    return ids;
  }

  @Override
  public TokenSpans place(String text, boolean addSpecial) {
    throw new UnsupportedOperationException("generation needs no places");
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    byte[] bytes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      bytes[i] = (byte) ids[i];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public OptionalInt endOfTextId() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt beginningOfTextId() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt paddingId() {
    return OptionalInt.empty();
  }

  @Override
  public int vocabularySize() {
    return 256;
  }
}
