package dev.kasane.core.files;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** UTF-8 as everything here reads it: what is no UTF-8 is refused and never turned into question marks. */
public final class Utf8 {
  private Utf8() {}

  /**
   * The text that bytes are.
   *
   * @throws CharacterCodingException when they are none
   */
  public static String decode(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** Where the first byte stands that belongs to no text, from 0; empty for a text. */
  public static OptionalInt firstFault(byte[] bytes) {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    boolean faulty = StandardCharsets.UTF_8.newDecoder().decode(rest, CharBuffer.allocate(bytes.length), true).isError();
    return faulty ? OptionalInt.of(rest.position()) : OptionalInt.empty();
  }

  /** A reader that throws {@link CharacterCodingException} where bytes are no text. */
  public static Reader reader(InputStream in) {
    // A decoder made by hand reports malformed input; a reader given a charset would replace it.
    return new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder());
  }
}
