package dev.kasane.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFilesTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "{'a': 1,¶ 'b': |line 2, column 6: it ends in the middle",
    "{'a': 1,}|line 1, column 9: found }, expected a name in double quotes",
    "{'a': yes}|line 1, column 10: found yes; a text needs double quotes",
    "{'a': 1} 2|more follows where it should end",
    "{'a': +}|line 1, column 8: found a number that is not written as JSON has it",
    "hello|found hello; a text needs double quotes",
    "{'a': '\t'}|a tab, line break or other control character stands within a text",
    "[]|holds no JSON object",
    "``|holds no JSON object"
  })
  void sayWhereTheyBreakOff(String content, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), content.replace('\'', '"').replace('¶', '\n'));

    assertThatThrownBy(() -> JsonFiles.read(file)).isInstanceOf(UserException.class)
        .hasMessageStartingWith(file.toString()).hasMessageContaining(message).hasMessageContaining("etch");
  }

  @Test
  void areReadWithPythonsNumbers() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"a\": -Infinity, \"b\": 1" + "0".repeat(30) + "}");

    assertThat(JsonFiles.read(file).path("a").asDouble()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(JsonFiles.read(file).path("b").asText()).hasSize(31);
  }

  @Test
  void areBounded() throws IOException {
    Path deep = Files.writeString(folder.resolve("config.json"), "{\"a\":".repeat(100_000));
    assertThatThrownBy(() -> JsonFiles.read(deep)).isInstanceOf(UserException.class)
        .hasMessageContaining("too long, or it is nested too deeply");
    Path large = Files.writeString(folder.resolve("config.json"), "{}" + " ".repeat(1 << 20));
    assertThatThrownBy(() -> JsonFiles.read(large, 1 << 20)).isInstanceOf(UserException.class)
        .hasMessageContaining("larger than 1 MiB");
    assertThatThrownBy(() -> JsonFiles.read(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot read " + folder);
  }

  @Test
  void areUtf8AndNothingElse() throws IOException {
    Path broken = Files.write(folder.resolve("config.json"), new byte[] {'{', '\n', '"', (byte) 0xff, '"'});
    assertThatThrownBy(() -> JsonFiles.read(broken)).isInstanceOf(UserException.class)
        .hasMessageContaining("line 2, column 2: found bytes that are not UTF-8 text");
    Path wide = Files.writeString(folder.resolve("config.json"), "{\0\0\0]'nul");
    assertThatThrownBy(() -> JsonFiles.read(wide)).isInstanceOf(UserException.class)
        .hasMessageContaining("line 1, column 3: found the control character number 0");
  }

  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of("{", "}", "[", "]", "\"", ":", ",", "\n", "\\", "\\u00", "a", "7", "-", ".", "e", "NaN",
        "nul", "null", "é", "\u0000", "\"a\": ", "/*", "'").list().ofMaxSize(20).map(all -> "{" + String.join("", all));
  }

  /** The words of the library stay with the library, whatever is wrong. */
  @Property(tries = 1000)
  void noFaultSpeaksOfTheLibrary(@ForAll("pieces") String text) throws IOException {
    Path file = Files.createTempFile("fault", ".json");
    try {
      JsonFiles.read(Files.writeString(file, text));
    } catch (UserException e) {
      assertThat(e.getMessage()).startsWith(file.toString()).contains(": line ")
          .doesNotContain("Feature", "Stream", "code 1", "code 2", "was expecting", "token", "REDACTED", "not how");
    } finally {
      Files.delete(file);
    }
  }
}
