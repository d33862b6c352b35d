package dev.kasane.text.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records of JSON files: an object a line, or an array of objects. */
final class JsonRecords {
  private static final int QUOTED = 20;
  /** Numbers keep their digits, for they become texts. */
  private static final ObjectReader OBJECT =
      Json.MAPPER.readerFor(new TypeReference<LinkedHashMap<String, Object>>() { })
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final ObjectReader LINE = OBJECT.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonRecords() {}

  /** An object a line; blank lines are passed over. */
  static List<TextRecord> lines(Path file) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    try (BufferedReader in = Utf8Files.openLines(file)) {
      String line = in.readLine();
      for (long number = 1; line != null; number++, line = in.readLine()) {
        if (!line.isBlank()) {
          records.add(new TextRecord(file, number, object(file, number, line)));
        }
      }
    }
    return records;
  }

  private static Map<String, Object> object(Path file, long number, String line) {
    String begin = line.strip();
    if (!begin.startsWith("{")) {
      throw new UserException(file + ", line " + number + ": expected a JSON object {...}, found '"
          + begin.substring(0, Math.min(QUOTED, begin.length())) + "'. Each line is one record.");
    }
    try {
      return LINE.readValue(line);
    } catch (JsonProcessingException e) {
      JsonFault fault = JsonFault.of(e);
      throw new UserException(file + ", line " + number + ", column " + fault.column() + ", is no JSON object: "
          + fault.what() + ". Correct the line or remove it; a record takes one line, and records of several lines"
          + " belong in an array, [{...}, {...}], in a .json file.", e);
    }
  }

  /** An array of objects, or, as such files are often misnamed, an object a line. */
  static List<TextRecord> whole(Path file) throws IOException {
    try (BufferedReader in = Utf8Files.open(file); JsonParser parser = OBJECT.getFactory().createParser(in)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return List.of();
      }
      if (first == JsonToken.START_OBJECT) {
        return lines(file);
      }
      if (first != JsonToken.START_ARRAY) {
        throw new UserException(file + " holds no array of objects. Write [{...}, {...}], or an object a line"
            + " in a file that ends in .jsonl.");
      }
      return array(file, parser);
    } catch (JsonProcessingException e) {
      throw new UserException(file + ", " + JsonFault.of(e) + ". Correct the file there; it is read as an array of"
          + " objects, [{...}, {...}].", e);
    }
  }

  private static List<TextRecord> array(Path file, JsonParser parser) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      long line = parser.currentTokenLocation().getLineNr();
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw new UserException(file + ", line " + line + ": expected an object, found "
            + TextRecord.shown(parser.getText()) + ". Each element of the array is one example.");
      }
      records.add(new TextRecord(file, line, OBJECT.readValue(parser)));
    }
    if (parser.nextToken() != null) {
      throw new UserException(file + ", line " + parser.currentTokenLocation().getLineNr() + ": more follows after"
          + " the array. Put all records into one array, [{...}, {...}].");
    }
    return records;
  }
}
