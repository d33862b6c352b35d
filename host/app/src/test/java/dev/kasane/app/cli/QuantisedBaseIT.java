package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on bases in few bits, quantised on the way in or before, with the plugins of the built distribution. */
class QuantisedBaseIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path PICTURES = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
  private static final String HOME = System.getProperty("kasane.home");
  private static final int WORDS = 128;

  @TempDir
  private static Path shared;

  @TempDir
  private Path folder;

  private CommandHarness kasane;

  @BeforeAll
  static void prepare() throws IOException {
    System.setProperty("kasane.home", ROOT.resolve("host/app/target/kasane").toString());
    for (String name : List.of("llama", "gpt2")) {
      prepareText(Files.createDirectories(shared.resolve(name)));
    }
    Files.writeString(shared.resolve("data.jsonl"), "{\"text\": \"w1 w2 w3 w4\"}\n{\"text\": \"w5 w6 w7\"}\n");
    Path pictures = Files.createDirectories(shared.resolve("pictures"));
    for (String name : List.of("001.png", "001.txt", "002.png", "002.txt")) {
      Files.copy(ROOT.resolve("sample-images").resolve(name), pictures.resolve(name));
    }
  }

  private static void prepareText(Path folder) throws IOException {
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(ROOT.resolve("text-lm/src/test/resources/golden").resolve(folder.getFileName()).resolve(file),
          folder.resolve(file));
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree("""
        {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
         "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {}}}""");
    ObjectNode vocabulary = (ObjectNode) json.at("/model/vocab");
    for (int word = 0; word < WORDS; word++) {
      vocabulary.put("w" + word, word);
    }
    json.withArray("added_tokens").addObject().put("id", WORDS - 1).put("content", "w" + (WORDS - 1))
        .put("special", true).put("single_word", false).put("lstrip", false).put("rstrip", false)
        .put("normalized", false);
    mapper.writeValue(folder.resolve("tokenizer.json").toFile(), json);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"PreTrainedTokenizerFast\","
        + " \"eos_token\": \"w" + (WORDS - 1) + "\"}");
  }

  @AfterAll
  static void leaveIt() {
    if (HOME == null) {
      System.clearProperty("kasane.home");
    } else {
      System.setProperty("kasane.home", HOME);
    }
  }

  private int run(String... arguments) {
    kasane = new CommandHarness();
    return kasane.run(arguments);
  }

  private void succeeds(String... arguments) {
    assertThat(run(arguments)).as(() -> kasane.err()).isZero();
  }

  private void trainImage(Path base, String name, String... more) {
    List<String> words = new ArrayList<>(List.of("train", "image", "--base", base.toString(), "--data",
        shared.resolve("pictures").toString(), "--cache", shared.resolve("cache").toString(), "--out",
        folder.resolve(name).toString(), "--name", "run", "--steps", "2", "--rank", "2", "--no-samples"));
    words.addAll(List.of(more));
    succeeds(words.toArray(String[]::new));
  }

  private void trainText(Path base, String name, String... more) {
    List<String> words = new ArrayList<>(List.of("train", "text", "--base", base.toString(), "--data",
        shared.resolve("data.jsonl").toString(), "--template", "{text}", "--out", folder.resolve(name).toString(),
        "--name", "run", "--steps", "2", "--rank", "2", "--no-samples"));
    words.addAll(List.of(more));
    succeeds(words.toArray(String[]::new));
  }

  private String continuation(Path base, String... more) {
    List<String> words = new ArrayList<>(List.of("generate", "text", "--base", base.toString(), "--prompt", "w9 w4",
        "--temperature", "0", "--max-tokens", "24"));
    words.addAll(List.of(more));
    succeeds(words.toArray(String[]::new));
    return kasane.out();
  }

  private byte[] picture(Path base, String name, String... more) throws IOException {
    Path file = folder.resolve(name + ".png");
    List<String> words = new ArrayList<>(List.of("generate", "image", "--base", base.toString(), "--prompt", "ink",
        "--seed", "3", "--steps", "2", "--out", file.toString()));
    words.addAll(List.of(more));
    succeeds(words.toArray(String[]::new));
    return Files.readAllBytes(file);
  }

  @Test
  void picturesTrainOnNf4AndTheAdapterLoads() throws IOException {
    trainImage(PICTURES, "nf4", "--base-type", "nf4", "--double-quant");
    assertThat(kasane.err()).containsPattern("Base's U-Net: \\d+ layers in nf4, 0\\.5\\d+ bytes a parameter");
    Path adapter = folder.resolve("nf4/run.safetensors");
    trainImage(PICTURES, "dense");
    assertThat(kasane.err()).doesNotContain("bytes a parameter");
    assertThat(Files.readAllBytes(adapter)).isNotEqualTo(Files.readAllBytes(folder.resolve("dense/run.safetensors")));
    byte[] plain = picture(PICTURES, "plain", "--base-type", "nf4");
    assertThat(picture(PICTURES, "adapted", "--base-type", "nf4", "--adapter", adapter + ":50")).isNotEqualTo(plain);
    assertThat(picture(PICTURES, "dense", "--adapter", adapter.toString())).isNotEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "fp4", "int8"})
  void textTrainsOnEveryStorage(String type) {
    trainText(shared.resolve("llama"), type, "--base-type", type);
    assertThat(kasane.err()).containsPattern("Base's language model: 14 layers in " + type + ", [01]\\.\\d+ bytes");
    assertThat(continuation(shared.resolve("llama"), "--base-type", type, "--adapter",
        folder.resolve(type + "/run").toString())).isNotBlank();
  }

  @Test
  void aFolderThatWasQuantisedBeforeIsTheSameBase() throws IOException {
    Path stored = folder.resolve("llama-nf4");
    succeeds("quantize", shared.resolve("llama").toString(), stored.toString(), "--type", "nf4");
    String dense = continuation(shared.resolve("llama"));
    String quantised = continuation(stored);
    assertThat(kasane.err()).contains("14 layers in nf4");
    assertThat(quantised).isEqualTo(continuation(shared.resolve("llama"), "--base-type", "nf4")).isNotEqualTo(dense);
    trainText(stored, "stored");
    trainText(shared.resolve("llama"), "loaded", "--base-type", "nf4");
    assertThat(Files.readAllBytes(folder.resolve("stored/run/adapter_model.safetensors")))
        .isEqualTo(Files.readAllBytes(folder.resolve("loaded/run/adapter_model.safetensors")));
    assertThat(run("generate", "text", "--base", stored.toString(), "--prompt", "w1", "--base-type", "nf4")).isOne();
    assertThat(kasane.err()).contains("stored in nf4 already", "--base-type nf4");
  }

  /** Its matrices lie transposed in dense files and turned in quantised ones. */
  @ParameterizedTest
  @ValueSource(strings = {"nf4", "int8"})
  void aGpt2FolderThatWasQuantisedBeforeIsTheSameBase(String type) {
    Path stored = folder.resolve("gpt2-" + type);
    succeeds("quantize", shared.resolve("gpt2").toString(), stored.toString(), "--type", type);
    String quantised = continuation(stored);
    assertThat(kasane.err()).contains("8 layers in " + type);
    assertThat(quantised).isEqualTo(continuation(shared.resolve("gpt2"), "--base-type", type))
        .isNotEqualTo(continuation(shared.resolve("llama")));
    trainText(stored, "stored");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "int8"})
  void aSingleFileThatWasQuantisedBeforeDrawsAndTrains(String type) throws IOException {
    Path single = ROOT.resolve("unet-attention/src/test/resources/golden/sd2-tiny-original.safetensors");
    String tokenizer = single.resolveSibling("sd2-tiny/tokenizer").toString();
    Path stored = folder.resolve("single-" + type + ".safetensors");
    succeeds("quantize", single.toString(), stored.toString(), "--type", type);
    byte[] dense = picture(single, "dense", "--tokenizer", tokenizer);
    assertThat(picture(stored, "stored", "--tokenizer", tokenizer)).isNotEqualTo(dense);
    assertThat(kasane.err()).containsPattern("Base's U-Net: \\d+ layers in " + type);
    trainImage(stored, "trained", "--tokenizer", tokenizer);
    assertThat(folder.resolve("trained/run.safetensors")).isRegularFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "int8"})
  void aPipelineThatWasQuantisedBeforeDrawsAndTrains(String type) throws IOException {
    Path stored = folder.resolve("pipeline-" + type);
    succeeds("quantize", PICTURES.toString(), stored.toString(), "--type", type);
    byte[] dense = picture(PICTURES, "dense");
    assertThat(picture(stored, "stored")).isNotEqualTo(dense);
    assertThat(kasane.err()).containsPattern("Base's U-Net: \\d+ layers in " + type);
    trainImage(stored, "trained");
    assertThat(folder.resolve("trained/run.safetensors")).isRegularFile();
  }

  @Test
  void contradictionsAreNamed() {
    assertThat(run("generate", "text", "--base", shared.resolve("llama").toString(), "--prompt", "w1",
        "--double-quant")).isOne();
    assertThat(kasane.err()).contains("--double-quant", "--base-type");
    assertThat(run("generate", "image", "--base", PICTURES.toString(), "--prompt", "w1", "--base-type", "int8",
        "--double-quant")).isOne();
    assertThat(kasane.err()).contains("int8", "one scale a row");
    assertThat(run("train", "image", "--base-type", "nf5")).isEqualTo(2);
    assertThat(kasane.err()).contains("nf5", "nf4, fp4, int8");
  }
}
