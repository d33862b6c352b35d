package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.FourBitType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What bitsandbytes writes as JSON beside a 4-bit tensor.
 *
 * @param type the codes
 * @param blockSize numbers a scale
 * @param precision the dense tensor's type
 * @param shape the dense tensor's shape
 * @param nested whether the scales are quantised
 * @param nestedBlockSize scales a scale; 0 when not nested
 * @param offset what was taken off the scales; 0 when not nested
 */
record QuantState(FourBitType type, int blockSize, ElementType precision, Shape shape, boolean nested,
    int nestedBlockSize, float offset) {
  /** Nobody's is longer; more is an attack on memory. */
  static final int MOST_BYTES = 1 << 16;
  /** A number takes at most 16 characters more than this one; all states of one tensor have one length. */
  private static final int OFFSET_CHARACTERS = 24;

  /**
   * Reads the JSON.
   *
   * @param where file and tensor, for messages
   * @throws UserException that names what is wrong
   */
  static QuantState parse(byte[] json, String where) {
    JsonNode root;
    try {
      root = Json.MAPPER.readTree(new String(json, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new UserException(where + " is no JSON: " + JsonFault.of(e).what()
          + ". The file is damaged; fetch it again.", e);
    }
    FourBitType type = FourBitType.named(text(root, "quant_type", where), where);
    boolean nested = root.has("nested_blocksize");
    return new QuantState(type, BlockSize.check(number(root, "blocksize", where), where),
        precision(text(root, "dtype", where)), shape(root, where), nested,
        nested ? (int) number(root, "nested_blocksize", where) : 0,
        nested ? (float) field(root, "nested_offset", where).asDouble(Double.NaN) : 0).checked(where);
  }

  private QuantState checked(String where) {
    if (nested && (nestedBlockSize < 1 || !Float.isFinite(offset))) {
      throw new UserException(where + " says nested_blocksize " + nestedBlockSize + " and nested_offset " + offset
          + "; a positive and a finite number belong there.");
    }
    return this;
  }

  private static ElementType precision(String torchName) {
    return ElementType.named(torchName.replace("torch.", ""));
  }

  private static Shape shape(JsonNode root, String where) {
    JsonNode sizes = field(root, "shape", where);
    long[] shape = new long[sizes.size()];
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).asLong(-1);
      count = shape[i] < 1 || shape[i] > Integer.MAX_VALUE ? -1 : count * shape[i];
      if (count < 1 || count > Integer.MAX_VALUE) {
        throw new UserException(where + " says the shape " + sizes + "; a quantised tensor has at least 1 number and"
            + " at most " + Integer.MAX_VALUE + ".");
      }
    }
    return new Shape(shape);
  }

  private static JsonNode field(JsonNode root, String name, String where) {
    JsonNode value = root.get(name);
    if (value == null || value.isNull()) {
      throw new UserException(where + " lacks '" + name + "'. It is no quant_state of bitsandbytes.");
    }
    return value;
  }

  private static String text(JsonNode root, String name, String where) {
    return field(root, name, where).asText();
  }

  private static long number(JsonNode root, String name, String where) {
    return field(root, name, where).asLong(-1);
  }

  /**
   * The JSON as bitsandbytes writes it. With an offset, spaces fill it up to one length for all offsets, so that
   * the length is known before the tensor was quantised.
   */
  byte[] json() {
    StringBuilder json = new StringBuilder("{\"quant_type\": \"").append(type.id())
        .append("\", \"blocksize\": ").append(blockSize)
        .append(", \"dtype\": \"").append(precision).append("\", \"shape\": ")
        .append(Arrays.toString(shape.getShape()));
    if (nested) {
      String number = Double.toString(offset);
      json.append(", \"nested_blocksize\": ").append(nestedBlockSize)
          .append(", \"nested_dtype\": \"float32\", \"nested_offset\": ").append(number).append('}')
          .append(" ".repeat(OFFSET_CHARACTERS - number.length()));
    } else {
      json.append('}');
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
