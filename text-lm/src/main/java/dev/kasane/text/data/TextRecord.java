package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.Map;

/**
 * One record of a data file.
 *
 * @param file the file
 * @param line the line it begins at, or its number where a file has no lines, from 1
 * @param fields values by name: texts, numbers, lists and maps
 */
public record TextRecord(Path file, long line, Map<String, Object> fields) {
  /** The place for messages. */
  public String place() {
    return file + ", " + (file.toString().endsWith(".parquet") ? "record " : "line ") + line;
  }

  /** The text of a field, empty for null; numbers as they are written. */
  public String text(String field) {
    Object value = fields.get(field);
    return value == null ? "" : value.toString();
  }

  /**
   * The text of a field that must be there.
   *
   * @throws UserException naming the field, the line and the fields that exist
   */
  public String required(String field) {
    if (!fields.containsKey(field)) {
      throw new UserException(place() + ": the template asks for the field '" + field
          + "', which this record lacks. It has: " + String.join(", ", fields.keySet())
          + ". Correct the record or the template.");
    }
    return text(field);
  }
}
