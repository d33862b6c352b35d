package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that is deeper, wider or longer than any that is meant for training. */
class LargeDataTest {
  @TempDir
  private Path folder;

  private void refused(Path file, String message) {
    assertThatThrownBy(() -> RecordFiles.read(file)).isInstanceOf(UserException.class)
        .hasMessageStartingWith(file.toString()).hasMessageContaining(message).hasMessageNotContaining("\n")
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(file.toString().length() + 4000));
  }

  private static byte[] parquet(byte[] footer, int length) {
    ByteBuffer file = ByteBuffer.allocate(footer.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    return file.put("PAR1".getBytes(StandardCharsets.US_ASCII)).put(footer).putInt(length)
        .put("PAR1".getBytes(StandardCharsets.US_ASCII)).array();
  }

  /** Groups that hold one another. */
  private static byte[] footer(int depth) throws IOException {
    List<SchemaElement> schema = new ArrayList<>();
    for (int level = 0; level < depth; level++) {
      SchemaElement group = new SchemaElement("g" + level);
      group.setNum_children(1);
      group.setRepetition_type(FieldRepetitionType.REQUIRED);
      schema.add(group);
    }
    SchemaElement leaf = new SchemaElement("leaf");
    leaf.setType(Type.INT32);
    leaf.setRepetition_type(FieldRepetitionType.REQUIRED);
    schema.add(leaf);
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    Util.writeFileMetaData(new FileMetaData(1, schema, 0, List.of()), footer);
    return footer.toByteArray();
  }

  @Test
  void aSchemaWithoutEndIsDamage() throws IOException {
    byte[] deep = footer(20_000);
    refused(Files.write(folder.resolve("deep.parquet"), parquet(deep, deep.length)), "cannot be read");
    byte[] flat = footer(1);
    refused(Files.write(folder.resolve("flat.parquet"), parquet(flat, flat.length)), "holds no records");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MAX_VALUE, 1_000_000, 1 << 30})
  void aFooterLongerThanTheFileIsDamage(int length) throws IOException {
    refused(Files.write(folder.resolve("a.parquet"), parquet(footer(1), length)), "its footer has "
        + Integer.toUnsignedString(length) + " bytes, expected at most");
  }

  @Test
  void theFileThatWasFound() {
    refused(SharedData.path("faults/parquet-deep-overflow.parquet"), "cannot be read");
  }

  @Test
  void tablesHaveAsManyColumnsAsHaveNames() throws IOException {
    String wide = IntStream.range(0, 20_000).mapToObj(column -> "c" + column).collect(Collectors.joining(","));
    refused(Files.writeString(folder.resolve("wide.csv"), wide + "\n" + wide), "line 1: the header has 20000 columns");
    String many = IntStream.range(0, 9_999).mapToObj(column -> "c" + column).collect(Collectors.joining(","));
    refused(Files.writeString(folder.resolve("twice.csv"), many + ",c0\n"), "column 10000 of the header is 'c0', as");
    refused(Files.writeString(folder.resolve("few.csv"), many + "\n1,2"), "c0, c1, c2");
    assertThat(RecordFiles.read(Files.writeString(folder.resolve("fits.csv"), many + "\n" + many)).get(0).fields())
        .hasSize(9_999);
  }

  @Test
  void whatIsShownOfAFileIsShort() throws IOException {
    refused(Files.writeString(folder.resolve("a.json"), "[\"" + "x".repeat(1_000_000) + "\"]"), "found xxx");
    String names = IntStream.range(0, 20_000).mapToObj(name -> "\"n" + name + "\": 1").collect(Collectors.joining(","));
    TextRecord record =
        RecordFiles.read(Files.writeString(folder.resolve("names.jsonl"), "{" + names + "}")).get(0);
    assertThatThrownBy(() -> record.required("output")).hasMessageContaining("n39 and 19960 more")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1000 + record.file().toString().length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": [1]}", "{\"a\": 1}"})
  void depthAndDigitsOfJsonAreBounded(String record) throws IOException {
    String deep = record.contains("[") ? record.replace("[1]", "[".repeat(50_000))
        : record.replace("1", "1".repeat(50_000));
    refused(Files.writeString(folder.resolve("a.jsonl"), deep), "too long, or it is nested too deeply");
  }

  @Test
  void aLineWithoutEndIsRefused() {
    Reader endless = new Reader() {
      @Override
      public int read(char[] buffer, int from, int most) {
        java.util.Arrays.fill(buffer, from, from + most, 'x');
        return most;
      }

      @Override
      public void close() {}
    };
    char[] buffer = new char[1 << 16];
    assertThatThrownBy(() -> {
      try (LongLines lines = new LongLines(endless, Path.of("a.jsonl"))) {
        while (lines.read(buffer, 0, buffer.length) >= 0) {
          assertThat(buffer[0]).isEqualTo('x');
        }
      }
    }).isInstanceOf(UserException.class).hasMessageStartingWith("a.jsonl, line 1 has more than 67108864 characters");
  }
}
