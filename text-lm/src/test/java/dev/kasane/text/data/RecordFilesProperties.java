package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a file holds, it is read, or refused with its name; nothing else is thrown. */
class RecordFilesProperties {
  private static Path folder;

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("records");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    for (String ending : List.of("jsonl", "json", "csv", "tsv", "txt", "parquet")) {
      Files.deleteIfExists(file(ending));
    }
    Files.delete(folder);
  }

  private static Path file(String ending) {
    return folder.resolve("a." + ending);
  }

  @Provide
  Arbitrary<String> endings() {
    return Arbitraries.of("jsonl", "json", "csv", "tsv", "txt");
  }

  /** Texts of what means something to one of the readers. */
  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of("{", "}", "[", "]", "\"", ":", ",", "\t", "\n", "\r\n", "\\", "a", "7", "NaN", "null", "é",
        "\uFEFF", "\u0000", "{\"a\": \"b\"}", "a,b\n", "'", "//", " ").list().ofMaxSize(30).map(all -> String.join("",
        all));
  }

  @Property(tries = 500)
  void anyText(@ForAll("endings") String ending, @ForAll("pieces") String text) throws IOException {
    readOrRefused(ending, text.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 200)
  void anyBytes(@ForAll("endings") String ending, @ForAll @Size(max = 60) byte[] bytes) throws IOException {
    readOrRefused(ending, bytes);
  }

  @Property(tries = 150)
  void aParquetFileWithAByteChanged(@ForAll @IntRange(max = 100_000) int place, @ForAll byte value)
      throws IOException, URISyntaxException {
    byte[] bytes = Files.readAllBytes(
        Path.of(RecordFilesProperties.class.getResource("alpaca.parquet").toURI()));
    bytes[place % bytes.length] = value;
    readOrRefused("parquet", bytes);
  }

  @Property(tries = 200)
  void whatIsWrittenAsATableIsRead(@ForAll @Size(min = 1, max = 5) List<String> values) throws IOException {
    StringBuilder table = new StringBuilder("n");
    for (int i = 0; i < values.size(); i++) {
      table.append(",c").append(i);
    }
    table.append("\r\n1");
    values.forEach(value -> table.append(",\"").append(clean(value).replace("\"", "\"\"")).append('"'));
    TextRecord record = RecordFiles.read(Files.writeString(file("csv"), table)).get(0);
    for (int i = 0; i < values.size(); i++) {
      assertThat(record.text("c" + i)).isEqualTo(clean(values.get(i)));
    }
  }

  /** Half a surrogate pair has no UTF-8. */
  private static String clean(String value) {
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static void readOrRefused(String ending, byte[] bytes) throws IOException {
    Path file = Files.write(file(ending), bytes);
    assertThatCode(() -> {
      try {
        assertThat(RecordFiles.read(file)).isNotEmpty();
      } catch (UserException e) {
        assertThat(e.getMessage()).contains(file.toString()).doesNotContain("Feature", "com.", "org.", "java.");
      }
    }).doesNotThrowAnyException();
  }
}
