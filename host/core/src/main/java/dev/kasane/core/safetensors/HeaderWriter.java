package dev.kasane.core.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Writes the JSON header byte for byte as the reference implementation does. */
final class HeaderWriter {
  private static final JsonFactory JSON = new JsonFactoryBuilder()
      .characterEscapes(new LowercaseEscapes())
      .streamWriteConstraints(StreamWriteConstraints.defaults())
      .build();

  private HeaderWriter() {}

  /**
   * The header, padded with spaces to a multiple of eight bytes.
   *
   * @param tensors in file order; their bytes follow one another from offset 0
   * @param metadata left out of the header where empty
   */
  static byte[] encode(List<TensorDeclaration> tensors, SortedMap<String, String> metadata)
      throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      writeMetadata(json, metadata);
      long position = 0;
      for (TensorDeclaration tensor : tensors) {
        writeTensor(json, tensor, position);
        position = Math.addExact(position, tensor.byteLength());
      }
      json.writeEndObject();
    }
    // Jackson's own UTF-8 output escapes characters beyond the basic plane; encoding the text does not.
    byte[] encoded = text.toString().getBytes(StandardCharsets.UTF_8);
    int padding = Math.floorMod(-encoded.length, HeaderReader.PREFIX_BYTES);
    text.write(" ".repeat(padding));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void writeMetadata(JsonGenerator json, Map<String, String> metadata) throws IOException {
    if (metadata.isEmpty()) {
      return;
    }
    json.writeObjectFieldStart(HeaderParser.METADATA_KEY);
    for (Map.Entry<String, String> pair : metadata.entrySet()) {
      json.writeStringField(pair.getKey(), pair.getValue());
    }
    json.writeEndObject();
  }

  private static void writeTensor(JsonGenerator json, TensorDeclaration tensor, long begin)
      throws IOException {
    json.writeObjectFieldStart(tensor.name());
    json.writeStringField("dtype", tensor.dtype().name());
    long[] shape = tensor.shape();
    json.writeFieldName("shape");
    json.writeArray(shape, 0, shape.length);
    json.writeFieldName("data_offsets");
    json.writeArray(new long[] {begin, Math.addExact(begin, tensor.byteLength())}, 0, 2);
    json.writeEndObject();
  }

  /** Control characters as four lower-case hexadecimal digits; Jackson's default is upper case. */
  private static final class LowercaseEscapes extends CharacterEscapes {
    private static final int FIRST_PRINTABLE = 0x20;

    private final int[] escapes = standardAsciiEscapesForJSON();

    LowercaseEscapes() {
      for (int c = 0; c < FIRST_PRINTABLE; c++) {
        if (escapes[c] == ESCAPE_STANDARD) {
          escapes[c] = ESCAPE_CUSTOM;
        }
      }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return escapes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return character < FIRST_PRINTABLE ? new SerializedString(String.format("\\u%04x", character)) : null;
    }
  }
}
