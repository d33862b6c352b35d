package dev.kasane.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads JSON files that come with a model. */
public final class JsonFiles {
  /** More than any configuration has, in bytes. */
  public static final int CONFIGURATION = 16 << 20;
  /** Python writes infinities and NaN bare, and its largest lengths as whole numbers of 31 digits. */
  private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonFiles() {}

  /**
   * The object in a file, where numbers may be infinite or not a number.
   *
   * @param mostBytes the longest file that is read
   * @throws UserException when the file cannot be read, is longer or holds no JSON object; says where it breaks off
   */
  public static ObjectNode read(Path file, int mostBytes) {
    try (InputStream in = InputFile.stream(file)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new UserException(file + " is larger than " + (mostBytes >> 20) + " MiB, which no such file is. Check"
            + " that it is the right one.");
      }
      if (JSON.readTree(text(file, bytes)) instanceof ObjectNode object) {
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
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(rest, text, true).isError()) {
      throw new UserException(file + " is not valid JSON: " + JsonFault.notText(bytes, rest.position())
          + ". The file is damaged: fetch it again.");
    }
    return text.flip().toString();
  }

  /** The object in a configuration file. */
  public static ObjectNode read(Path file) {
    return read(file, CONFIGURATION);
  }
}
