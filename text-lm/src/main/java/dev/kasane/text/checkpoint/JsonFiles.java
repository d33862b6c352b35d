package dev.kasane.text.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the small JSON files of a model. */
public final class JsonFiles {
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
  public static JsonNode read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new UserException(file + " is larger than 16 MiB, which no configuration is.");
      }
      JsonNode json = JSON.readTree(bytes);
      if (json != null && json.isObject()) {
        return json;
      }
      throw new UserException(file + " holds no JSON object. Download the file again.");
    } catch (JsonProcessingException e) {
      throw new UserException(file + " is not valid JSON: " + e.getOriginalMessage()
          + ". Download the file again.", e);
    } catch (IOException e) {
      throw new UserException(file + " cannot be read: " + e + ".", e);
    }
  }
}
