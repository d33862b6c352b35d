package dev.kasane.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads JSON files that come with a model. */
public final class JsonFiles {
  /** More than any configuration has, in bytes. */
  public static final int CONFIGURATION = 16 << 20;

  private JsonFiles() {}

  /**
   * The object in a file, where numbers may be infinite or not a number.
   *
   * @param mostBytes the longest file that is read
   * @throws UserException when the file cannot be read, is longer or holds no JSON object; says where it breaks off
   */
  public static ObjectNode read(Path file, int mostBytes) {
    return read(file, mostBytes, Json.PYTHON);
  }

  /**
   * The object in a file.
   *
   * @param mostBytes the longest file that is read
   * @param mapper says what else than an object of plain JSON is refused or let pass
   * @throws UserException when the file cannot be read, is longer or holds no JSON object; says where it breaks off
   */
  public static ObjectNode read(Path file, int mostBytes, JsonMapper mapper) {
    try (InputStream in = InputFile.stream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new UserException(file + " is larger than " + (mostBytes >> 20) + " MiB, which no such file is. Check"
            + " that it is the right one.");
      }
      if (mapper.readTree(text(file, bytes)) instanceof ObjectNode object) {
        return object;
      }
      throw new UserException(file + " holds no JSON object. Fetch the file again.");
    } catch (JsonProcessingException e) {
      throw new UserException(file + " is not valid JSON: " + JsonFault.of(e) + ". The file is damaged: fetch it"
          + " again.", e);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + FileFaults.reason(e)
          + ". Check that it is a file, as UTF-8 text, and that you may read it.", e);
    }
  }

  /** The text of a file: the JSON library would take a zero byte near its beginning for another encoding than UTF-8. */
  private static String text(Path file, byte[] bytes) {
    Utf8.firstFault(bytes).ifPresent(at -> {
      throw new UserException(file + " is not valid JSON: " + JsonFault.notText(bytes, at)
          + ". The file is damaged: fetch it again.");
    });
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The object in a configuration file. */
  public static ObjectNode read(Path file) {
    return read(file, CONFIGURATION);
  }
}
