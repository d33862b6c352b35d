package dev.kasane.text.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kasane.core.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records of JSON files: an object a line, or an array of objects. */
final class JsonRecords {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT = new TypeReference<>() {};

  private JsonRecords() {}

  /** An object a line; blank lines are passed over. */
  static List<TextRecord> lines(Path file) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(file)) {
      String line = in.readLine();
      for (long number = 1; line != null; number++, line = in.readLine()) {
        String content = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (!content.isBlank()) {
          records.add(new TextRecord(file, number, object(file, number, content)));
        }
      }
    } catch (CharacterCodingException e) {
      throw Utf8Faults.refusal(file, e);
    }
    return records;
  }

  private static Map<String, Object> object(Path file, long number, String line) {
    try {
      return JSON.readValue(line, OBJECT);
    } catch (JsonProcessingException e) {
      throw malformed(file, number, e);
    }
  }

  /** An array of objects, or, as such files are often misnamed, an object a line. */
  static List<TextRecord> whole(Path file) throws IOException {
    try (JsonParser parser = JSON.getFactory().createParser(file.toFile())) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        return lines(file);
      }
      if (first != JsonToken.START_ARRAY) {
        throw new UserException(file + " holds no array of objects. Write [{...}, {...}], or an object a line"
            + " in a file that ends in .jsonl.");
      }
      return array(file, parser);
    } catch (JsonProcessingException e) {
      throw malformed(file, e.getLocation() == null ? 1 : e.getLocation().getLineNr(), e);
    }
  }

  private static List<TextRecord> array(Path file, JsonParser parser) throws IOException {
    ObjectMapper lenient = new ObjectMapper();
    List<TextRecord> records = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      long line = parser.currentTokenLocation().getLineNr();
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new UserException(file + ", line " + line + ": expected an object, found "
            + parser.getText() + ". Each element of the array is one example.");
      }
      records.add(new TextRecord(file, line, lenient.readValue(parser, OBJECT)));
    }
    return records;
  }

  private static UserException malformed(Path file, long line, JsonProcessingException e) {
    return new UserException(file + ", line " + line + " is not a JSON object: " + fault(e)
        + ". Correct the line or remove it.", e);
  }

  /** What is wrong, without the parser's names for its own classes. */
  private static String fault(JsonProcessingException e) {
    if (e instanceof StreamConstraintsException) {
      return "a text in it is too long, or it is nested too deeply; a text may have "
          + StreamReadConstraints.DEFAULT_MAX_STRING_LEN + " characters";
    }
    return e instanceof MismatchedInputException ? "expected {...} and nothing after it" : e.getOriginalMessage();
  }
}
