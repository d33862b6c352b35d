package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kasane.core.UserException;
import dev.kasane.text.chat.ChatMessage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFilesTest {
  @TempDir
  private Path folder;

  @Test
  void everyFormGivesTheSameRecords() throws IOException {
    List<TextRecord> lines = RecordFiles.read(write("a.jsonl",
        "{\"instruction\": \"x\", \"output\": \"y, \\\"z\\\"\"}\n\n{\"instruction\": \"p\", \"output\": \"q\\nr\"}\n"));
    List<TextRecord> array = RecordFiles.read(write("a.json",
        "[{\"instruction\": \"x\", \"output\": \"y, \\\"z\\\"\"},\n {\"instruction\": \"p\", \"output\": \"q\\nr\"}]"));
    List<TextRecord> table = RecordFiles.read(write("a.csv",
        "\uFEFFinstruction,output\nx,\"y, \"\"z\"\"\"\np,\"q\nr\"\n"));
    List<TextRecord> tabs = RecordFiles.read(write("a.tsv", "instruction\toutput\nx\t\"y, \"\"z\"\"\"\np\t\"q\nr\"\n"));
    for (List<TextRecord> records : List.of(lines, array, table, tabs)) {
      assertThat(records).extracting(TextRecord::fields).isEqualTo(
          lines.stream().map(TextRecord::fields).toList());
    }
    assertThat(lines).extracting(TextRecord::line).containsExactly(1L, 3L);
    assertThat(array).extracting(TextRecord::line).containsExactly(1L, 2L);
    assertThat(table).extracting(TextRecord::line).containsExactly(2L, 3L);
    assertThat(RecordFiles.read(write("a.txt", "some text"))).extracting(record -> record.text("text"))
        .containsExactly("some text");
  }

  @Test
  void parquetAsTheHubHasIt() throws URISyntaxException {
    List<TextRecord> alpaca = RecordFiles.read(resource("alpaca.parquet"));
    assertThat(alpaca).hasSize(2);
    assertThat(alpaca.get(1).text("instruction")).isEqualTo("Gr\u00fc\u00dfe \uD83D\uDE42");
    assertThat(alpaca.get(1).text("score")).isEmpty();
    assertThat(alpaca.get(1).place()).endsWith("alpaca.parquet, record 2");
    assertThat(Conversations.of(RecordFiles.read(resource("chats.parquet")).get(2)).messages())
        .extracting(ChatMessage::role, ChatMessage::content).containsExactly(tuple("user", "Hi"),
            tuple("assistant", "Hello"));
  }

  @Test
  void malformedFilesNameTheLine() throws IOException {
    refused(write("b.jsonl", "{\"a\": 1}\n{\"a\": \n{\"a\": 2}\n"), "b.jsonl, line 2");
    refused(write("c.jsonl", "{\"a\": 1}\n{\"a\": 1} x\n"), "c.jsonl, line 2");
    refused(write("d.jsonl", "\n[1]\n"), "d.jsonl, line 2");
    refused(write("e.json", "[{\"a\": 1},\n {\"a\" 2}]"), "e.json, line 2");
    refused(write("f.json", "[{\"a\": 1},\n 7]"), "f.json, line 2");
    refused(write("g.json", "\"text\""), "array of objects");
    refused(write("h.csv", "a,b\n1,2\n1\n"), "h.csv, line 3");
    refused(write("i.csv", "a,b\n1,2\n\"x,2\n"), "i.csv, line 3");
    refused(write("j.csv", "a,a\n1,2\n"), "j.csv, line 1");
    refused(write("k.parquet", "version https://git-lfs.github.com/spec/v1"), "k.parquet");
    refused(write("l.jsonl", "\n\n"), "no records");
    refused(write("m.doc", "x"), ".jsonl");
    refused(folder.resolve("none.jsonl"), "no data file");
    refused(write("n.jsonl", "{\"a\": 1} {\"a\": 2}\n"), "n.jsonl, line 1, column 10, is no JSON object: more follows");
  }

  @Test
  void textThatIsNotUtf8NamesTheLine() throws IOException {
    for (String name : List.of("a.jsonl", "a.csv", "a.txt")) {
      Path file = folder.resolve(name);
      Files.write(file, "{\"a\": 1}\n\u00ff\n".getBytes(StandardCharsets.ISO_8859_1));
      refused(file, name + ", line 2 is not UTF-8");
    }
  }

  @Test
  void textsThatAreTooLongAreRefused() throws IOException {
    refused(write("a.txt", "a".repeat(20_000_001)), "Split it");
    refused(write("a.jsonl", "{\"a\": \"" + "a".repeat(20_100_000) + "\"}\n"), "line 1, column 1, is no JSON object: a text");
  }

  @Test
  void aByteOrderMarkIsNoPartOfAText() throws IOException {
    assertThat(RecordFiles.read(write("b.txt", "\uFEFFstory"))).singleElement()
        .satisfies(each -> assertThat(each.fields()).containsEntry("text", "story"));
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(RecordFilesTest.class.getResource(name).toURI());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void refused(Path file, String part) {
    assertThatThrownBy(() -> RecordFiles.read(file)).isInstanceOf(UserException.class).hasMessageContaining(part);
  }
}
