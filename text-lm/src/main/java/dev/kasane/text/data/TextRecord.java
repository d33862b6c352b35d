package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One record of a data file.
 *
 * @param line the line it begins at, or its number where a file has no lines, from 1
 * @param fields values by name: texts, numbers, lists and maps
 */
public record TextRecord(Path file, long line, Map<String, Object> fields) {
  private static final int LONGEST_SHOWN = 60;
  private static final int MOST_LISTED = 40;

  /** The place for messages. */
  public String place() {
    return file + ", " + (file.toString().endsWith(".parquet") ? "record " : "line ") + line;
  }

  /**
   * The text of a field, empty where it is null or missing; numbers as they are written.
   *
   * @throws UserException when it holds an object or a list
   */
  public String text(String field) {
    Object value = fields.get(field);
    if (isNested(value)) {
      throw new UserException(place() + ": the field '" + field + "' holds an object or a list. Expected a text.");
    }
    return value == null ? "" : value.toString();
  }

  /** A value of the file, short enough for a message. */
  static String shown(Object value) {
    String text = String.valueOf(value);
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "\u2026";
  }

  /** Names of fields, as many as a message holds. */
  static String listed(Collection<?> names) {
    String first = names.stream().limit(MOST_LISTED).map(TextRecord::shown).collect(Collectors.joining(", "));
    return names.size() <= MOST_LISTED ? first : first + " and " + (names.size() - MOST_LISTED) + " more";
  }

  /** Whether a value is no text, number or truth value but made of others. */
  static boolean isNested(Object value) {
    return value instanceof Map || value instanceof Collection || value != null && value.getClass().isArray();
  }

  /**
   * The text of a field that must be there; empty for null.
   *
   * @throws UserException naming the field, the line and the fields that exist
   */
  public String required(String field) {
    if (!fields.containsKey(field)) {
      throw new UserException(place() + ": the template asks for the field '" + field
          + "', which this record lacks. It has: " + listed(fields.keySet())
          + ". Correct the record or the template.");
    }
    return text(field);
  }

  /**
   * The text of a field that is to be learnt: an empty one is an answer of no words, but null is none at all.
   *
   * @throws UserException as {@link #required}, or when it is null
   */
  public String learnt(String field) {
    String text = required(field);
    if (fields.get(field) == null) {
      throw new UserException(place() + ": the field '" + field + "' is null, but it is what the model is to answer."
          + " Write a text, which may be empty, or remove the record.");
    }
    return text;
  }
}
