package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** Records of tables as RFC 4180 has them, with a header. */
final class TableRecords {
  private TableRecords() {}

  static List<TextRecord> read(Path file, char delimiter) throws IOException {
    CSVFormat format = CSVFormat.RFC4180.builder().setDelimiter(delimiter).setHeader().setSkipHeaderRecord(true)
        .setIgnoreEmptyLines(true).setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW).get();
    try (BufferedReader in = Files.newBufferedReader(file)) {
      skipByteOrderMark(in);
      try (CSVParser parser = CSVParser.parse(in, format)) {
        return records(file, parser);
      }
    } catch (CharacterCodingException e) {
      throw Utf8Faults.refusal(file, e);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ", line 1: the header is not usable: " + e.getMessage()
          + ". Give every column its own name.", e);
    }
  }

  private static void skipByteOrderMark(BufferedReader in) throws IOException {
    in.mark(1);
    if (in.read() != '\uFEFF') {
      in.reset();
    }
  }

  private static List<TextRecord> records(Path file, CSVParser parser) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    List<String> names = parser.getHeaderNames();
    Iterator<CSVRecord> rows = parser.iterator();
    long line = parser.getCurrentLineNumber() + 1;
    try {
      while (rows.hasNext()) {
        CSVRecord row = rows.next();
        if (row.size() != names.size()) {
          throw new UserException(file + ", line " + line + ": " + row.size() + " values where the header has "
              + names.size() + " columns (" + String.join(", ", names)
              + "). A value with a delimiter or a line break needs quotes.");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        names.forEach(name -> fields.put(name, row.get(name)));
        records.add(new TextRecord(file, line, fields));
        line = parser.getCurrentLineNumber() + 1;
      }
    } catch (UncheckedIOException | IllegalStateException e) {
      if (e.getCause() instanceof CharacterCodingException undecodable) {
        throw undecodable;
      }
      throw malformed(file, line, e);
    }
    return records;
  }

  private static UserException malformed(Path file, long line, RuntimeException e) {
    Throwable cause = e.getCause() instanceof CSVException || e.getCause() instanceof IOException ? e.getCause() : e;
    return new UserException(file + ", line " + line + " is no row of a table: " + cause.getMessage()
        + ". Quotes within a value are doubled.", e);
  }
}
