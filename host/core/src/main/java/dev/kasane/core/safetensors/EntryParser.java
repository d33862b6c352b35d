package dev.kasane.core.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Parses the header's record of one tensor: {@code {"dtype", "shape", "data_offsets"}}. */
final class EntryParser {
  private final Path path;
  private final String name;
  private final JsonParser parser;
  private DType dtype;
  private long[] shape;
  private long[] offsets;

  EntryParser(Path path, String name, JsonParser parser) {
    this.path = path;
    this.name = name;
    this.parser = parser;
  }

  TensorEntry parse(JsonToken first) throws IOException {
    if (first != JsonToken.START_OBJECT) {
      throw fault("should be an object with dtype, shape and data_offsets");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      parseField(parser.currentName());
    }
    if (dtype == null || shape == null || offsets == null) {
      throw fault("lacks " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
    }
    if (offsets.length != 2) {
      throw fault("has " + offsets.length + " data_offsets in place of 2");
    }
    return new TensorEntry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private void parseField(String field) throws IOException {
    JsonToken value = parser.nextToken();
    switch (field) {
      case "dtype" -> {
        refuseRepeated(dtype != null, field);
        dtype = parseDType(value);
      }
      case "shape" -> {
        refuseRepeated(shape != null, field);
        shape = parseSizes(value, field);
      }
      case "data_offsets" -> {
        refuseRepeated(offsets != null, field);
        offsets = parseSizes(value, field);
      }
      // Fields that later editions of the format may add say nothing about where the bytes are.
      default -> parser.skipChildren();
    }
  }

  private DType parseDType(JsonToken value) throws IOException {
    if (value != JsonToken.VALUE_STRING) {
      throw fault("has a dtype that is not text");
    }
    String found = parser.getText();
    return DType.named(found).orElseThrow(() -> fault("has dtype " + VisibleText.quote(found)
        + ", which Kasane does not read; it reads " + Arrays.toString(DType.values())));
  }

  private long[] parseSizes(JsonToken first, String field) throws IOException {
    if (first != JsonToken.START_ARRAY) {
      throw fault("has a " + field + " that is not a list");
    }
    long[] sizes = new long[4];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getLongValue() < 0) {
        throw fault("has a " + field + " with " + VisibleText.quote(parser.getText())
            + " in place of a whole number from 0");
      }
      if (count == sizes.length) {
        sizes = Arrays.copyOf(sizes, 2 * count);
      }
      sizes[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(sizes, count);
  }

  private void refuseRepeated(boolean repeated, String field) {
    if (repeated) {
      throw fault("gives its " + field + " twice");
    }
  }

  private FileFault fault(String fault) {
    return new FileFault(path, "tensor " + VisibleText.quote(name) + " " + fault
        + "; the header is damaged or of another format");
  }
}
