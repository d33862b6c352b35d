package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads the records of a data file, whatever its form. */
public final class RecordFiles {
  private static final String FORMS = ".jsonl, .ndjson, .json, .csv, .tsv, .parquet or .txt";

  private static final long LONGEST_TEXT = 20_000_000;

  private RecordFiles() {}

  /**
   * The records of a file in order. The name's ending says what it is: JSON lines, a JSON array of objects, a
   * table with a header, Parquet, or a text that is one record with the field {@code text}.
   *
   * @throws UserException when it cannot be read, names the line where it is malformed, or holds no record or
   *     more than the memory does
   */
  public static List<TextRecord> read(Path file) {
    List<TextRecord> records;
    try {
      records = readAll(file);
    } catch (CharacterCodingException e) {
      throw notUtf8(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (OutOfMemoryError e) {
      // The records read so far are let go with this.
      throw new UserException(file + " needs more memory than there is, " + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB: it holds too much, or is damaged. Split it, or give the program more memory.", e);
    }
    if (records.isEmpty()) {
      throw new UserException(file + " holds no records. Expected at least one example.");
    }
    return records;
  }

  private static UserException notUtf8(Path file, CharacterCodingException cause) {
    try {
      return Utf8Files.refusal(file, cause);
    } catch (IOException e) {
      return unreadable(file, e);
    }
  }

  private static UserException unreadable(Path file, IOException cause) {
    return new UserException("Cannot read " + file + ": " + cause.getMessage()
        + ". Check that it is a file and that you may read it.", cause);
  }

  private static List<TextRecord> readAll(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new UserException(file + " is a folder. Name the data files in it, which end in " + FORMS + ".");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new UserException(file + " is a pipe or a device. Expected a file that ends in " + FORMS + ".");
    }
    if (!Files.isRegularFile(file)) {
      throw new UserException("There is no data file " + file + ". Expected a file that ends in " + FORMS + ".");
    }
    if (!Files.isReadable(file)) {
      throw new UserException("You may not read " + file + ". Change its permissions, or copy it.");
    }
    return switch (ending(file)) {
      case "jsonl", "ndjson" -> JsonRecords.lines(file);
      case "json" -> JsonRecords.whole(file);
      case "csv" -> TableRecords.read(file, ',');
      case "tsv" -> TableRecords.read(file, '\t');
      case "parquet" -> ParquetRecords.read(file);
      case "txt" -> text(file);
      default -> throw new UserException(file + " is of no known form. Expected a file that ends in " + FORMS + ".");
    };
  }

  private static List<TextRecord> text(Path file) throws IOException {
    if (Files.size(file) > LONGEST_TEXT) {
      throw new UserException(file + " has " + Files.size(file) + " bytes; a text file is one example, of at most "
          + LONGEST_TEXT + " bytes. Split it into several files, or into records of a .jsonl file.");
    }
    String text = Utf8Files.read(file);
    return text.isBlank() ? List.of() : List.of(new TextRecord(file, 1, Map.of("text", text)));
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
