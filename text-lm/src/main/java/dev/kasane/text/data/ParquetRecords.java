package dev.kasane.text.data;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import dev.kasane.core.UserException;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records of Parquet files. */
final class ParquetRecords {
  /** A Parquet file begins and ends with it. */
  private static final String MARK = "PAR1";
  /** Two marks and the length of the footer. */
  private static final int LEAST_BYTES = 12;
  /** The footer of a file of ten thousand row groups has some 20 MB. */
  private static final int LONGEST_FOOTER = 64 << 20;
  private static final int MOST_COLUMNS = 10_000;
  private static final int MOST_RECORDS = 50_000_000;

  private ParquetRecords() {}

  static List<TextRecord> read(Path file) throws IOException {
    requireMarks(file);
    ParquetLibraries.prepare();
    try (CloseableIterator<?> rows = new CarpetReader<>(file.toFile(), Map.class).iterator()) {
      List<TextRecord> records = new ArrayList<>();
      while (rows.hasNext()) {
        records.add(record(file, records.size() + 1L, (Map<?, ?>) rows.next()));
      }
      return records;
    } catch (UserException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError | LinkageError e) {
      // The library goes down a schema by calling itself, and asks for packers that this program does not bring.
      throw damaged(file, e);
    }
  }

  private static TextRecord record(Path file, long number, Map<?, ?> row) {
    if (number > MOST_RECORDS || row.size() > MOST_COLUMNS) {
      throw new UserException(file + " has " + (number > MOST_RECORDS ? "more than " + MOST_RECORDS + " records"
          : row.size() + " columns, expected at most " + MOST_COLUMNS)
          + ". Split it, or check that it is the right file.");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    row.forEach((name, value) -> fields.put(String.valueOf(name), value));
    return new TextRecord(file, number, fields);
  }

  private static UserException damaged(Path file, Throwable cause) {
    return new UserException(file + " begins and ends as a Parquet file, but what is between cannot be read: it is"
        + " damaged, or packed in an unusual way. Fetch the file again, or save it anew with snappy or zstd.", cause);
  }

  private static void requireMarks(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(InputFile.require(file).toFile(), "r")) {
      if (in.length() < LEAST_BYTES || !MARK.equals(mark(in, 0))) {
        throw new UserException(file + " is no Parquet file: " + (in.length() == 0 ? "it is empty."
            : "it does not begin with " + MARK + ".") + " Fetch the file again; a file of a few hundred bytes is"
            + " often a Git LFS pointer in its place.");
      }
      if (!MARK.equals(mark(in, in.length() - MARK.length()))) {
        throw new UserException(file + " is cut off: a Parquet file ends with " + MARK + ", this one, of "
            + in.length() + " bytes, does not. Fetch the file again.");
      }
      in.seek(in.length() - MARK.length() - Integer.BYTES);
      long footer = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
      if (footer > Math.min(LONGEST_FOOTER, in.length() - LEAST_BYTES)) {
        throw new UserException(file + " is damaged: it says that its footer has " + footer
            + " bytes, expected at most " + Math.min(LONGEST_FOOTER, in.length() - LEAST_BYTES)
            + ". Fetch the file again.");
      }
    }
  }

  private static String mark(RandomAccessFile in, long place) throws IOException {
    byte[] bytes = new byte[MARK.length()];
    in.seek(place);
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
