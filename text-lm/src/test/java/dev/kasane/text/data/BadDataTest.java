package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about data that cannot be learnt from: file, line, what was found, in words of ours. */
class BadDataTest {
  private static final String GOOD = "{\"instruction\": \"a\", \"input\": \"\", \"output\": \"b\"}";
  private static final String[] WORDS_OF_LIBRARIES = {"Feature", "Stream", "Exception", "code ", "token'", "Source",
      "com.", "org.", "java.", "@", "CSVFormat", "encapsulated", "Struct"};

  @TempDir
  private Path folder;

  /** The content has ' for ", ¶ for a line break and G for a good record. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "a.jsonl|G¶{'output': NaN}|, line 2, column 15, is no JSON object: NaN is no JSON number",
    "a.jsonl|G¶{'output': -Infinity}|-Infinity is no JSON number; write a number, or null",
    "a.jsonl|{'output': None}|, line 1, column 16, is no JSON object: found None; a text needs double quotes",
    "a.jsonl|{'a': 'b'|line 1, column 10, is no JSON object: it ends in the middle",
    "a.jsonl|{¶'a': 'b'¶}|line 1, column 2, is no JSON object: it ends in the middle. Correct the line",
    "a.jsonl|{a: 'b'}|found a, expected a name in double quotes",
    "a.jsonl|{'a' 'b'}|found \", expected a colon",
    "a.jsonl|{'a': 1 'b': 2}|found \", expected a comma or the end",
    "a.jsonl|{'a': }|found }, expected a value",
    "a.jsonl|{'a': 1]|found ], which closes nothing that is open here",
    "a.jsonl|{'a': 007}|found a number that is not written as JSON has it",
    "a.jsonl|{'a': '\\q'}|\\q is no escape of JSON",
    "a.jsonl|{'a': 'x\u0001'}|a tab, line break or other control character stands within a text",
    "a.jsonl|{'a': // no¶1}|found /; JSON has no comments",
    "a.jsonl|G G|line 1, column 50, is no JSON object: more follows where it should end",
    "a.jsonl|// a|line 1: expected a JSON object {...}, found '// a'. Each line is one record.",
    "a.jsonl|[G]|line 1: expected a JSON object {...}, found '[{",
    "a.json|[G,¶|line 2, column 1: it ends in the middle. Correct the file there",
    "a.json|[G,¶{'a': 'b|line 2, column 9: it ends in the middle",
    "a.json|[G,¶]|line 2, column 1: found ], expected a value",
    "a.json|[G]¶]|line 2, column 1: found ], which closes nothing that is open here",
    "a.json|[G]¶[G]|line 2: more follows after the array. Put all records into one array",
    "a.json|[G,¶ 7]|line 2: expected an object, found 7",
    "a.json|[G,¶ {'a': Infinity}]|line 2, column 16: Infinity is no JSON number",
    "a.json|'text'|holds no array of objects. Write [{...}, {...}]",
    "a.json|{¶'data': [G]}|line 1, column 2, is no JSON object: it ends in the middle",
    "a.csv|a,b,c¶1,2|line 2: 2 values where the header has 3 columns (a, b, c)",
    "a.csv|a,b,c¶1,2,3¶1,2,3,4|line 3: 4 values where the header has 3 columns",
    "a.csv|a,b¶1,'2¶3,4|line 2: a value in quotes is not closed",
    "a.csv|a,b¶1,'2'x|line 2: a value in quotes is not closed, or goes on after its closing quote",
    "a.csv|a,b,a¶1,2,3|line 1: column 3 of the header is 'a', as another is. Give every column its own name",
    "a.csv|a,,b¶1,2,3|line 1: column 2 of the header has no name",
    "a.csv|a,b|holds no records",
    "a.tsv|a\tb¶1\t2\t3|line 2: 3 values where the header has 2 columns",
    "a.tsv|a\tb¶1\t'2|line 2: a value in quotes is not closed",
    "a.parquet|version https://git-lfs.github.com/spec/v1|is no Parquet file: it does not begin with PAR1. Fetch",
    "a.xlsx|PK|is of no known form. Expected a file that ends in .jsonl",
    "a|G|is of no known form"
  })
  void namesTheFileThePlaceAndTheFault(String name, String content, String message) throws IOException {
    String text = content.replace("G", GOOD).replace('\'', '"').replace('¶', '\n');
    refused(Files.writeString(folder.resolve(name), text), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "ndjson", "json", "csv", "tsv", "txt"})
  void emptyFilesHoldNoRecords(String ending) throws IOException {
    for (String nothing : List.of("", " \n\t\n", "\uFEFF", "\r\n\r\n")) {
      refused(Files.writeString(folder.resolve("a." + ending), nothing), "holds no records");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"0|0|is no Parquet file: it is empty", "0|4|does not begin with PAR1",
    "100|0|does not begin with PAR1", "0|700|is cut off: a Parquet file ends with PAR1, this one, of 700 bytes"})
  void partsOfParquetFiles(int from, int to, String message) throws IOException, URISyntaxException {
    byte[] whole = parquet();
    refused(Files.write(folder.resolve("a.parquet"), Arrays.copyOfRange(whole, from, to == 0 && from > 0
        ? whole.length : to)), message);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, -40})
  void damageWithinParquetFiles(int at) throws IOException, URISyntaxException {
    byte[] damaged = parquet();
    int place = at < 0 ? damaged.length + at : at;
    Arrays.fill(damaged, place, place + 28, (byte) 0xff);
    refused(Files.write(folder.resolve("a.parquet"), damaged), "what is between cannot be read: it is damaged");
  }

  private static byte[] parquet() throws IOException, URISyntaxException {
    return Files.readAllBytes(Path.of(BadDataTest.class.getResource("alpaca.parquet").toURI()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt"})
  void textInAnotherEncoding(String name) throws IOException {
    Path file = folder.resolve(name);
    for (Charset utf16 : List.of(StandardCharsets.UTF_16, Charset.forName("x-UTF-16LE-BOM"))) {
      refused(Files.write(file, "{\"output\": \"b\"}\n".getBytes(utf16)),
          "line 1 is not UTF-8 text but UTF-16. Save the file as UTF-8.");
    }
    refused(Files.write(file, "[{\"a\": 1}\n\u00ff]".getBytes(StandardCharsets.ISO_8859_1)),
        "line 2 is not UTF-8 text. Save");
  }

  /** Here / is a line break. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "a.jsonl|{'a': 'x', 'b': 'y'}/{'a': 'p', 'b': 'q'}/",
    "a.json|[{'a': 'x', 'b': 'y'},/{'a': 'p', 'b': 'q'}]//",
    "a.csv|a,b/x,y//p,q/",
    "a.tsv|a\tb/x\ty/p\tq"
  })
  void otherLineEndsAndAMarkAtTheStartAreNoFault(String name, String content) throws IOException {
    for (String mark : List.of("", "\uFEFF")) {
      List<TextRecord> records = RecordFiles.read(Files.writeString(folder.resolve(name), mark
          + content.replace('\'', '"').replace("/", "\r\n")));
      assertThat(records).extracting(record -> record.text("a") + record.text("b")).containsExactly("xy", "pq");
    }
  }

  @Test
  void whatIsNoFile() throws IOException {
    refused(Files.createDirectory(folder.resolve("d.jsonl")), "is a folder. Name the data files in it");
    refused(folder.resolve("none.csv"), "There is no data file");
  }

  @Test
  void whatMayNotBeRead() throws IOException {
    Path secret = Files.writeString(folder.resolve("s.jsonl"), GOOD);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(secret), "the superuser may read everything");
    refused(secret, "You may not read");
  }

  /** Line 2 of each; what is empty is an answer of no words, of which the data's report knows. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", value = {
    "auto|{'instruction': 'a', 'output': null}|the field 'output' is null, but it is what the model is to answer",
    "auto|{'instruction': 'a', 'output': {'a': 1}}|the field 'output' holds an object or a list. Expected a text",
    "auto|{'instruction': 'a', 'output': ['x']}|the field 'output' holds an object or a list",
    "auto|{'instruction': ['x'], 'output': 'b'}|the field 'instruction' holds an object or a list",
    "auto|{'instruction': 'a', 'input': ''}|the record has the fields instruction, input. Expected instruction and",
    "chatml|{'instruction': 'a', 'output': null}|the field 'output' is null",
    "auto|{'prompt': 'a', 'completion': null}|the field 'completion' is null",
    "auto|{'text': null}|the field 'text' is null",
    "{q} {r}|{'q': 'a', 'r': null}|the field 'r' is null",
    "{q} {r}|{'r': 'a'}|asks for the field 'q', which this record lacks. It has: r",
    "auto|{'messages': 'hi'}|the record has the fields messages",
    "auto|{'messages': ['hi']}|a turn of the conversation is hi, expected an object",
    "auto|{'messages': [{'role': 'user', 'content': 'a'}]}|nobody answers",
    "auto|{'messages': [{'role': 'user', 'content': null}]}|turn 1 has the fields [role, content], expected texts",
    "auto|{'messages': [{'role': 'user', 'content': [{'image': 'a'}]}]}|turn 1 has content of several parts",
    "auto|{'messages': [{'role': 'user', 'content': {'text': 'a'}}]}|turn 1 has the fields [role, content]"
  })
  void recordsThatCannotBeLearnt(String template, String record, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("a.jsonl"), GOOD + "\n" + record.replace('\'', '"'));
    TextRecord second = RecordFiles.read(file).get(1);
    assertThatThrownBy(() -> template(template).of(second)).isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ", line 2: ").hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'input': null, 'output': 'b'|b", "'output': 'b'|b", "'input': '', 'output': ''|``", "'output': 7|7",
    "'output': 0.10|0.10", "'output': true|true", "'output': 123456789012345678901|123456789012345678901"
  })
  void whatIsMissingOrANumberIsWrittenOut(String fields, String answer) throws IOException {
    String record = ("{'instruction': 'a', " + fields + "}").replace('\'', '"');
    TextRecord read = RecordFiles.read(Files.writeString(folder.resolve("a.jsonl"), record)).get(0);
    TemplateText text = template("auto").of(read);
    assertThat(text.whole()).startsWith("Below is an instruction that describes a task. Write").doesNotContain("null")
        .endsWith("### Instruction:\na\n\n### Response:\n" + answer);
  }

  private static ExampleTemplate template(String name) {
    Path model = ExamplesTest.folder("byte-level");
    Tokenizer tokenizer = Tokenizers.open(model);
    return ExampleTemplates.choose(name, model, tokenizer);
  }

  private static void refused(Path file, String message) {
    assertThatThrownBy(() -> RecordFiles.read(file)).isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString()).hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().replace(file.toString(), "")).doesNotContain("\n")
            .doesNotContain(WORDS_OF_LIBRARIES));
  }
}
