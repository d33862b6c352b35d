package dev.kasane.text.data;

import com.jerolba.carpet.CarpetReader;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records of Parquet files. */
final class ParquetRecords {
  private ParquetRecords() {}

  static List<TextRecord> read(Path file) throws IOException {
    List<TextRecord> records = new ArrayList<>();
    try {
      for (Object row : new CarpetReader<>(file.toFile(), Map.class).toList()) {
        Map<String, Object> fields = new LinkedHashMap<>();
        ((Map<?, ?>) row).forEach((name, value) -> fields.put(String.valueOf(name), value));
        records.add(new TextRecord(file, records.size() + 1L, fields));
      }
    } catch (IOException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UserException(file + ", after record " + records.size() + ": not readable as Parquet: "
          + e.getMessage() + ". Fetch the file again; a file of a few hundred bytes is a Git LFS pointer.", e);
    }
    return records;
  }
}
