package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Two thousand texts in tokenisers of every published kind, against transformers. A set-up is a folder with {@code
 * golden.json}, which {@code make_tokenizer_corpus.py} or {@code make_older_tokenizers.py} made.
 */
class TokenizerCorpusTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DIGITS = 8;

  static List<String> texts() throws IOException {
    Path file = TokenizerGoldenTest.folder("corpus").resolve("texts.json.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return Arrays.asList(JSON.readValue(in, String[].class));
    }
  }

  @TestFactory
  List<DynamicTest> givesWhatTransformersGives() throws IOException {
    List<String> texts = texts();
    assertThat(texts).hasSize(2000);
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : setups()) {
      tests.add(DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder, texts)));
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(40);
    return tests;
  }

  /** Folders with tokenizer.json, and such as came before it. */
  private static List<Path> setups() throws IOException {
    List<Path> setups = new ArrayList<>();
    for (String place : List.of("corpus", "older")) {
      try (Stream<Path> folders = Files.list(TokenizerGoldenTest.folder(place))) {
        folders.filter(Files::isDirectory).sorted().forEach(setups::add);
      }
    }
    return setups;
  }

  private static void check(Path folder, List<String> texts) throws IOException {
    JsonNode golden = JSON.readTree(folder.resolve("golden.json").toFile());
    Tokenizer tokenizer = Tokenizers.open(folder);
    checkAdded(tokenizer, golden.path("added"));
    checkReadable(tokenizer, golden.path("readable"), texts);
    List<int[]> marked = texts.stream().map(text -> tokenizer.encode(text, true)).toList();
    checkSums(golden.path("plain").asText(), at -> joined(tokenizer.encode(texts.get(at), false)), texts);
    assertThat(sum(marked.stream().flatMapToInt(Arrays::stream).mapToObj(Integer::toString)
        .collect(Collectors.joining(",")))).isEqualTo(golden.path("marked").asText());
    checkSums(golden.path("decoded").asText(), at -> tokenizer.decode(marked.get(at), false), texts);
    checkSums(golden.path("skipped").asText(), at -> tokenizer.decode(marked.get(at), true), texts);
  }

  private static void checkAdded(Tokenizer tokenizer, JsonNode added) {
    Map<Integer, String> expected = new TreeMap<>();
    added.fields().forEachRemaining(token ->
        expected.put(Integer.valueOf(token.getKey()), token.getValue().path(0).asText()));
    assertThat(new TreeMap<>(tokenizer.addedTokens())).isEqualTo(expected);
    added.fields().forEachRemaining(token -> assertThat(
        tokenizer.decode(new int[] {Integer.parseInt(token.getKey())}, true).isEmpty())
        .as("%s is a mark", token.getValue().path(0)).isEqualTo(token.getValue().path(1).asBoolean()));
  }

  private static void checkReadable(Tokenizer tokenizer, JsonNode readable, List<String> texts) {
    for (int i = 0; i < readable.size(); i++) {
      int[] marked = JSON.convertValue(readable.path(i).path("marked"), int[].class);
      assertThat(tokenizer.encode(texts.get(i), false)).as("text %d '%s'", i, texts.get(i))
          .isEqualTo(JSON.convertValue(readable.path(i).path("plain"), int[].class));
      assertThat(tokenizer.encode(texts.get(i), true)).as("text %d '%s' with marks", i, texts.get(i)).isEqualTo(marked);
      assertThat(tokenizer.decode(marked, false)).isEqualTo(readable.path(i).path("decoded").asText());
      assertThat(tokenizer.decode(marked, true)).isEqualTo(readable.path(i).path("skipped").asText());
    }
  }

  private static void checkSums(String sums, IntFunction<String> result, List<String> texts) {
    List<String> wrong = new ArrayList<>();
    for (int at = 0; at < sums.length() / DIGITS; at++) {
      String found = result.apply(at);
      if (!sum(found).equals(sums.substring(at * DIGITS, (at + 1) * DIGITS))) {
        wrong.add("text " + at + " " + texts.get(at) + " gives " + found);
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String joined(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private static String sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", sum.getValue());
  }
}
