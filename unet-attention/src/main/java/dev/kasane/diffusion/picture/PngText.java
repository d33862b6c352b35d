package dev.kasane.diffusion.picture;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Takes keyword and text out of a PNG text chunk (PNG specification, section 11.3.4). */
final class PngText {
  private PngText() {}

  static void read(PngChunks.Chunk chunk, Map<String, String> text) throws IOException {
    byte[] data = chunk.data();
    int keyword = zero(data, 0, chunk.type());
    String name = new String(data, 0, keyword, StandardCharsets.ISO_8859_1);
    text.put(name, switch (chunk.type()) {
      case "zTXt" -> string(PngChunks.inflate(data, within(data, keyword + 2)), StandardCharsets.ISO_8859_1);
      case "iTXt" -> international(data, keyword);
      default -> string(Arrays.copyOfRange(data, keyword + 1, data.length), StandardCharsets.ISO_8859_1);
    });
  }

  /** After the keyword: compression flag and method, language tag, translated keyword, text. */
  private static String international(byte[] data, int keyword) throws IOException {
    int language = zero(data, within(data, keyword + 3), "iTXt");
    int start = zero(data, language + 1, "iTXt") + 1;
    boolean compressed = data[keyword + 1] == 1;
    return string(compressed ? PngChunks.inflate(data, start) : Arrays.copyOfRange(data, start, data.length),
        StandardCharsets.UTF_8);
  }

  private static int zero(byte[] data, int from, String type) throws IOException {
    for (int i = from; i < data.length; i++) {
      if (data[i] == 0) {
        return i;
      }
    }
    throw new IOException("a " + type + " chunk lacks the zero byte after its keyword");
  }

  private static int within(byte[] data, int at) throws IOException {
    if (at > data.length) {
      throw new IOException("a text chunk ends too early");
    }
    return at;
  }

  private static String string(byte[] bytes, Charset charset) {
    return new String(bytes, charset);
  }
}
