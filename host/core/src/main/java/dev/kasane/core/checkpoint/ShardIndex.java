package dev.kasane.core.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.files.FileFault;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code *.index.json}: {@code {"metadata": {…}, "weight_map": {tensor name: file name}}}. */
final class ShardIndex {
  private static final int MAX_BYTES = 64 << 20;

  private ShardIndex() {}

  /** Tensor name → file name, in the index's order. */
  static Map<String, String> read(Path index) {
    JsonNode weightMap = JsonFiles.read(index, MAX_BYTES).path("weight_map");
    if (!weightMap.isObject() || weightMap.isEmpty()) {
      throw new FileFault(index, "has no 'weight_map' that says which tensor is in which file. It is"
          + " no index of a checkpoint in several files, or a damaged one.");
    }
    Map<String, String> files = new LinkedHashMap<>();
    weightMap.fields().forEachRemaining(entry ->
        files.put(entry.getKey(), fileName(index, entry.getKey(), entry.getValue())));
    return files;
  }

  /** The index comes from strangers: it may name files beside it and nowhere else. */
  private static String fileName(Path index, String tensor, JsonNode file) {
    String name = file.asText();
    boolean plain = file.isTextual() && !name.isEmpty() && !name.contains("/") && !name.contains("\\")
        && !name.equals("..") && !name.equals(".") && name.indexOf('\0') < 0;
    if (!plain) {
      throw new FileFault(index, "places the tensor '" + tensor + "' in " + file
          + ", which is not the name of a file beside it.");
    }
    return name;
  }
}
