package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The small JSON files of a base model: built-in ones, and those that are written. */
final class ConfigJson {

  private ConfigJson() {}

  /** The object in a resource beside this class. */
  static ObjectNode resource(String name) {
    try (InputStream in = ConfigJson.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + name);
      }
      return (ObjectNode) Json.MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Resource " + name + " cannot be read", e);
    }
  }

  /** An empty object. */
  static ObjectNode object() {
    return Json.MAPPER.createObjectNode();
  }

  /** Writes indented JSON with a line break at the end. */
  static void write(Path file, JsonNode json) throws IOException {
    PendingFile.replace(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
