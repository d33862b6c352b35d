package dev.kasane.core.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code *.index.json}: {@code {"metadata": {…}, "weight_map": {tensor name: file name}}}. */
final class ShardIndex {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MAX_BYTES = 64L << 20;

  private ShardIndex() {}

  /** Tensor name → file name, in the index's order. */
  static Map<String, String> read(Path index) {
    JsonNode weightMap = parse(index).path("weight_map");
    if (!weightMap.isObject() || weightMap.isEmpty()) {
      throw new UserException(index + " has no 'weight_map' that says which tensor is in which file. It is"
          + " no index of a checkpoint in several files, or a damaged one.");
    }
    Map<String, String> files = new LinkedHashMap<>();
    weightMap.fields().forEachRemaining(entry ->
        files.put(entry.getKey(), fileName(index, entry.getKey(), entry.getValue())));
    return files;
  }

  private static JsonNode parse(Path index) {
    try {
      if (Files.size(index) > MAX_BYTES) {
        throw new UserException(index + " has " + Files.size(index) + " bytes, too many for an index; it is"
            + " something else.");
      }
      return JSON.readTree(Files.readAllBytes(index));
    } catch (JsonProcessingException e) {
      throw new UserException(index + " is not valid JSON: " + e.getOriginalMessage()
          + ". Download it again.", e);
    } catch (IOException e) {
      throw new UserException(index + " cannot be read: " + e, e);
    }
  }

  /** The index comes from strangers: it may name files beside it and nowhere else. */
  private static String fileName(Path index, String tensor, JsonNode file) {
    String name = file.asText();
    boolean plain = file.isTextual() && !name.isEmpty() && !name.contains("/") && !name.contains("\\")
        && !name.equals("..") && !name.equals(".") && name.indexOf('\0') < 0;
    if (!plain) {
      throw new UserException(index + " places the tensor '" + tensor + "' in " + file
          + ", which is not the name of a file beside it.");
    }
    return name;
  }
}
