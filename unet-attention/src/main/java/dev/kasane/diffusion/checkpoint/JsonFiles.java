package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes the small JSON files of a base model. */
final class JsonFiles {
  private static final int MOST_BYTES = 16 << 20;
  /** Python writes infinities and NaN bare. */
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private JsonFiles() {}

  /**
   * The object in a file.
   *
   * @throws UserException when the file cannot be read or holds no JSON object
   */
  static ObjectNode read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new UserException(file + " is larger than 16 MiB, which no configuration is.");
      }
      if (JSON.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
      throw new UserException(file + " holds no JSON object. Download the file again.");
    } catch (JsonProcessingException e) {
      throw new UserException(file + " is not valid JSON: " + e.getOriginalMessage()
          + ". Download the file again.", e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e + ".", e);
    }
  }

  /** The object in a resource beside this class. */
  static ObjectNode resource(String name) {
    try (InputStream in = JsonFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + name);
      }
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Resource " + name + " cannot be read", e);
    }
  }

  /** An empty object. */
  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Writes indented JSON with a line break at the end. */
  static void write(Path file, JsonNode json) throws IOException {
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
