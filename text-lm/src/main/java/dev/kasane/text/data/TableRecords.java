package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Records of tables as RFC 4180 has them, with a header. */
final class TableRecords {
  private static final int MOST_COLUMNS = 10_000;

  private TableRecords() {}

  static List<TextRecord> read(Path file, char delimiter) throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).setIgnoreEmptyLines(true).get();
    try (BufferedReader in = Utf8Files.openLines(file); CSVParser parser = CSVParser.parse(in, format)) {
      return records(file, parser);
    }
  }

  private static List<TextRecord> records(Path file, CSVParser parser) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    List<String> names = List.of();
    Iterator<CSVRecord> rows = parser.iterator();
    long line = 1;
    try {
      while (rows.hasNext()) {
        CSVRecord row = rows.next();
        if (!names.isEmpty()) {
          records.add(new TextRecord(file, line, fields(file, line, names, row)));
        } else if (!row.stream().allMatch(String::isBlank)) {
          names = header(file, line, row);
        }
        line = parser.getCurrentLineNumber() + 1;
      }
    } catch (UncheckedIOException | IllegalStateException e) {
      if (e.getCause() instanceof CharacterCodingException undecodable) {
        throw undecodable;
      }
      throw new UserException(file + ", line " + line + ": a value in quotes is not closed, or goes on after its"
          + " closing quote. Quotes within such a value are doubled.", e);
    }
    return records;
  }

  private static List<String> header(Path file, long line, CSVRecord row) {
    List<String> names = row.toList();
    if (names.size() > MOST_COLUMNS) {
      throw new UserException(file + ", line " + line + ": the header has " + names.size()
          + " columns, expected at most " + MOST_COLUMNS + ". Check that it is the right file.");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isBlank() || !seen.add(name)) {
        throw new UserException(file + ", line " + line + ": column " + (i + 1) + " of the header "
            + (name.isBlank() ? "has no name" : "is '" + TextRecord.shown(name) + "', as another is")
            + ". Give every column its own name.");
      }
    }
    return names;
  }

  private static Map<String, Object> fields(Path file, long line, List<String> names, CSVRecord row) {
    if (row.size() != names.size()) {
      throw new UserException(file + ", line " + line + ": " + row.size() + " values where the header has "
          + names.size() + " columns (" + TextRecord.listed(names)
          + "). A value with a delimiter or a line break needs quotes.");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), row.get(i));
    }
    return fields;
  }
}
