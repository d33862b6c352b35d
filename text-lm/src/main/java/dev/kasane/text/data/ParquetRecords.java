package dev.kasane.text.data;

import com.jerolba.carpet.CarpetReader;
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

  private ParquetRecords() {}

  static List<TextRecord> read(Path file) throws IOException {
    requireMarks(file);
    List<TextRecord> records = new ArrayList<>();
    try {
      for (Object row : new CarpetReader<>(file.toFile(), Map.class).toList()) {
        Map<String, Object> fields = new LinkedHashMap<>();
        ((Map<?, ?>) row).forEach((name, value) -> fields.put(String.valueOf(name), value));
        records.add(new TextRecord(file, records.size() + 1L, fields));
      }
    } catch (IOException | RuntimeException e) {
      throw new UserException(file + " begins and ends as a Parquet file, but what is between cannot be read: it is"
          + " damaged, or packed in an unusual way. Fetch the file again, or save it anew with snappy or zstd.", e);
    }
    return records;
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
    }
  }

  private static String mark(RandomAccessFile in, long place) throws IOException {
    byte[] bytes = new byte[MARK.length()];
    in.seek(place);
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
