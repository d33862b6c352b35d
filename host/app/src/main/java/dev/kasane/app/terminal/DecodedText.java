package dev.kasane.app.terminal;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.function.Consumer;

/** Bytes as the text that they are, however they were cut. */
final class DecodedText extends OutputStream {
  private final CharsetDecoder decoder = Charset.defaultCharset().newDecoder()
      .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final Consumer<String> text;
  private final Runnable flush;
  /** The beginning of a letter whose other bytes have not come yet. */
  private byte[] begun = {};

  DecodedText(Consumer<String> text, Runnable flush) {
    this.text = text;
    this.flush = flush;
  }

  @Override
  public void write(int single) {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.allocate(begun.length + length).put(begun).put(bytes, offset, length).flip();
    CharBuffer letters = CharBuffer.allocate((int) (in.remaining() * decoder.maxCharsPerByte()) + 1);
    decoder.decode(in, letters, false);
    begun = Arrays.copyOfRange(in.array(), in.position(), in.limit());
    text.accept(letters.flip().toString());
  }

  @Override
  public void flush() {
    flush.run();
  }
}
