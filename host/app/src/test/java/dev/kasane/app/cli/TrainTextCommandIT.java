package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.text.demo.DemoInstructions;
import dev.kasane.text.demo.DemoLanguageModelTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kasane train text} with the plugins of the built distribution, on good input and on bad. */
class TrainTextCommandIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final String HOME = System.getProperty("kasane.home");

  @TempDir
  private static Path shared;

  @TempDir
  private Path folder;

  private Path data;
  private CommandHarness command;

  @BeforeAll
  static void makeAModel() {
    System.setProperty("kasane.home", ROOT.resolve("host/app/target/kasane").toString());
    try (NDManager owner = Engines.newManager()) {
      new DemoLanguageModelTrainer(shared.resolve("work"), new TrainingListener() { }).train(1, owner)
          .write(shared.resolve("base"));
    }
  }

  @AfterAll
  static void leaveIt() {
    if (HOME == null) {
      System.clearProperty("kasane.home");
    } else {
      System.setProperty("kasane.home", HOME);
    }
  }

  @BeforeEach
  void writeData() {
    data = folder.resolve("data.jsonl");
    DemoInstructions.write(DemoInstructions.training(12), data);
  }

  private int train(String... more) {
    Map<String, String> usual = new TreeMap<>(Map.of("--data", data.toString(), "--name", "run", "--batch-size", "2",
        "--base", shared.resolve("base").toString(), "--out", folder.resolve("out").toString(), "--steps", "2",
        "--rank", "2", "--template", "alpaca"));
    for (String word : more) {
      usual.remove(word.split("=")[0]);
    }
    List<String> arguments = new ArrayList<>(List.of("train", "text", "--sample-tokens", "4"));
    usual.forEach((name, value) -> arguments.addAll(List.of(name, value)));
    arguments.addAll(List.of(more));
    command = new CommandHarness();
    return command.run(arguments.toArray(String[]::new));
  }

  private void refuses(List<String> words, String... more) {
    int code = train(more);
    assertThat(command.err()).contains(words).contains("kasane: ")
        .doesNotContain("\tat ", "internal error", "Exception");
    assertThat(code).isBetween(1, 2);
    assertThat(command.out()).isEmpty();
    assertThat(folder.resolve("out/run")).doesNotExist();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void trainsMeasuresAndWritesAFolder() throws IOException {
    assertThat(train("--eval-share", "0.2", "--packing", "--sample-every", "1")).as(() -> command.err()).isZero();
    Path out = folder.resolve("out");
    assertThat(command.out().lines().map(Path::of)).containsExactly(
        out.resolve("run"), out.resolve("loss.png"), out.resolve("before-after.txt"));
    assertThat(out.resolve("run/adapter_model.safetensors")).isRegularFile();
    assertThat(Files.readString(out.resolve("run/adapter_config.json"))).contains("CAUSAL_LM", "q_proj");
    assertThat(Files.readAllLines(out.resolve("loss.csv"))).hasSize(4);
    assertThat(out.resolve("samples/step-000002.txt")).content().contains("--- answer");
    assertThat(command.err()).contains("examples", "count in the loss");
    assertThat(train()).isEqualTo(1);
    assertThat(command.err()).contains("--overwrite");
    byte[] first = Files.readAllBytes(out.resolve("run/adapter_model.safetensors"));
    assertThat(train("--eval-share", "0.2", "--packing", "--overwrite")).isZero();
    assertThat(Files.readAllBytes(out.resolve("run/adapter_model.safetensors"))).isEqualTo(first);
  }

  @Test
  void averagesIn8BitsGiveAnotherAdapterAndThoseOnDiskTheSame() throws IOException {
    byte[] usual = adapter("usual", "--rank", "64");
    byte[] small = adapter("small", "--rank", "64", "--optimizer", "adamw8bit");
    assertThat(small).isNotEqualTo(usual);
    assertThat(adapter("paged", "--rank", "64", "--paged-optimizer", folder.toString())).isEqualTo(usual);
    assertThat(adapter("both", "--rank", "64", "--optimizer", "adamw8bit", "--paged-optimizer", folder.toString()))
        .isEqualTo(small);
    refuses(List.of("no folder", "nowhere", "local disk"), "--paged-optimizer", folder.resolve("nowhere").toString());
    refuses(List.of("adam9", "adamw8bit"), "--optimizer", "adam9");
  }

  private byte[] adapter(String out, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of("--out", folder.resolve(out).toString()));
    words.addAll(List.of(more));
    assertThat(train(words.toArray(String[]::new))).as(() -> command.err()).isZero();
    return Files.readAllBytes(folder.resolve(out).resolve("run/adapter_model.safetensors"));
  }

  @Test
  void someLayersAndTheEmbeddingAreTrainedAndSaidInPeftsWords() throws IOException {
    refuses(List.of("'7-0'", "0-7"), "--layers", "7-0");
    refuses(List.of("Option --layers is 0,4-99", "no layer 6,7", "it has 6, numbered from 0 to 5"), "--layers",
        "0,4-99");
    refuses(List.of("Option --layers is 0", "in a list named h"), "--layers", "0", "--layers-pattern", "h");
    refuses(List.of("--layers too"), "--layers-pattern", "layers");
    assertThat(train("--targets", "attn", "--layers", "0-1,3")).as(() -> command.err()).isZero();
    JsonNode config = config();
    assertThat(config.get("layers_to_transform").toString()).isEqualTo("[0,1,3]");
    assertThat(config.get("target_modules").toString()).contains("self_attn.q_proj").doesNotContain("layers");
    assertThat(train("--targets", "attn", "--exclude", "layers.1.self_attn.q_proj", "--layers", "0,1",
        "--layers-pattern", "layers", "--overwrite")).as(() -> command.err()).isZero();
    assertThat(config().get("target_modules").toString()).as("only whole paths say that").contains("layers.0");
    assertThat(train("--targets", "embed_tokens,q_proj", "--overwrite")).as(() -> command.err()).isZero();
    assertThat(config().get("target_modules").toString()).contains("model.embed_tokens");
  }

  private JsonNode config() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("out/run/adapter_config.json").toFile());
  }

  @Test
  void loftqNeedsABaseThatIsQuantisedAsItIsLoaded() {
    refuses(List.of("'often'", "model", "none"), "--base-dropout", "often");
    refuses(List.of("--base-type nf4", "another init"), "--method-option", "init=loftq");
    assertThat(train("--method-option", "init=loftq", "--base-type", "nf4")).as(() -> command.err()).isZero();
  }

  @Test
  void badDataNamesFileAndLine() throws IOException {
    refuses(List.of("broken.jsonl, line 2"), "--data",
        file("broken.jsonl", "{\"instruction\": \"a\", \"output\": \"b\"}\n{\"instruction\": \n").toString());
    refuses(List.of("holds no records"), "--data", file("empty.jsonl", "\n").toString());
    refuses(List.of("no data file", "nowhere"), "--data", folder.resolve("nowhere.jsonl").toString());
    refuses(List.of("'question'", "line 1", "instruction, input, output"), "--template", "{question} {output}");
    refuses(List.of("no chat template"), "--template", "model");
    refuses(List.of("--template", "alpcaa"), "--template", "alpcaa");
    refuses(List.of("No token"), "--data",
        file("mute.jsonl", "{\"text\": \"\"}\n").toString(), "--template", "{text}");
    refuses(List.of("--max-length"), "--max-length", "16");
    refuses(List.of("--eval-share"), "--eval-share", "1.5");
  }

  @Test
  void patternsThatTheMethodCannotTakeAreNamedAsGiven() throws IOException {
    refuses(List.of("--rank-pattern q_proj=0: ", "from 1 to 8192"), "--rank-pattern", "q_proj=0");
    refuses(List.of("--rank-pattern k_proj=x: ", "not a whole number"), "--rank-pattern", "k_proj=x");
    refuses(List.of("--alpha-pattern v_proj=-1: ", "positive"), "--alpha-pattern", "v_proj=-1");
    Path recipe = file("recipe.yaml", "rank-pattern:\n  q_proj: 4\n  o_proj: 9999\n");
    refuses(List.of("--rank-pattern o_proj=9999: "), "--recipe", recipe.toString());
    assertThat(command.err()).doesNotContain("examples");
  }

  @Test
  void weightsThatDoNotFitAreNamedBeforeTheDataIsRead() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    for (String name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(shared.resolve("base").resolve(name), other.resolve(name));
    }
    String config = Files.readString(shared.resolve("base/config.json"));
    String data = folder.resolve("nowhere.jsonl").toString();
    Files.writeString(other.resolve("config.json"), config.replace("_layers\" : 6", "_layers\" : 7"));
    refuses(List.of("model.safetensors does not fit", "9 of the model's", "missing: model.layers.6."),
        "--base", other.toString(), "--data", data);
    Files.writeString(other.resolve("config.json"), config.replace("_layers\" : 6", "_layers\" : 5"));
    refuses(List.of("9 of the file's", "without a place"), "--base", other.toString(), "--data", data);
    Files.writeString(other.resolve("config.json"), config.replace(": 512,", ": 500,"));
    refuses(List.of("with another shape", "(512, 192) where (500, 192)"), "--base", other.toString(), "--data", data);
    Files.delete(other.resolve("model.safetensors"));
    refuses(List.of("has no weights", "model.safetensors"), "--base", other.toString(), "--data", data);
  }

  @Test
  void aRunIsNotResumedOnAnotherBaseOrWithOtherData() throws IOException {
    // A folder in the way of the plot stands for whatever ends a process between its last step and its end.
    Files.createDirectories(folder.resolve("out/loss.png/x"));
    assertThat(train()).isEqualTo(1);
    Path checkpoint = folder.resolve("out/checkpoints/checkpoint-00000002.safetensors");
    byte[] kept = Files.readAllBytes(checkpoint);
    List<String> refusal = List.of("checkpoint-00000002", "another base", "other data", "--overwrite");
    Path adapter = folder.resolve("out/run");
    Files.move(adapter, folder.resolve("taken-away"));

    refuses(refusal, "--data", file("other.jsonl", "{\"instruction\": \"a\", \"output\": \"b\"}\n").toString());
    refuses(refusal, "--seed", "7");
    Path other = Files.createDirectories(folder.resolve("other"));
    for (String name : List.of("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(shared.resolve("base").resolve(name), other.resolve(name));
    }
    byte[] weights = Files.readAllBytes(other.resolve("model.safetensors"));
    weights[weights.length - 1] ^= 1;
    Files.write(other.resolve("model.safetensors"), weights);
    refuses(refusal, "--base", other.toString());
    assertThat(checkpoint).hasBinaryContent(kept);
    Files.delete(folder.resolve("out/loss.png/x"));
    Files.delete(folder.resolve("out/loss.png"));
    assertThat(train()).as(() -> command.err()).isZero();
  }

  @Test
  void badModelsAndOptionsAreNamed() throws IOException {
    refuses(List.of("nowhere"), "--base", folder.resolve("nowhere").toString());
    Path bare = Files.createDirectories(folder.resolve("bare"));
    Files.copy(shared.resolve("base/config.json"), bare.resolve("config.json"));
    refuses(List.of("no tokeniser", "tokenizer.json"), "--base", bare.toString());
    Files.copy(shared.resolve("base/tokenizer.json"), bare.resolve("tokenizer.json"));
    Files.writeString(bare.resolve("config.json"),
        Files.readString(shared.resolve("base/config.json")).replace("1024", "1000"));
    refuses(List.of("1024", "1000"), "--base", bare.toString());
    refuses(List.of("Unknown option", "--text-targets"), "--text-targets", "q_proj");
    refuses(List.of("to_q", "q_proj"), "--targets", "to_q");
    refuses(List.of("--loss-on"), "--loss-on", "question");
    refuses(List.of("--batch-size", "0"), "--batch-size", "0");
  }

  @Test
  void aMethodThatTheFormatDoesNotHoldIsRefusedBeforeTraining() throws IOException {
    refuses(List.of("Nothing was trained", "peft", "Kronecker"), "--method", "lokr");
    assertThat(folder.resolve("out/loss.csv")).doesNotExist();
    try (Stream<Path> left = Files.list(folder.resolve("out"))) {
      assertThat(left.map(path -> path.getFileName().toString())).noneMatch(name -> name.contains("trial"));
    }
  }
}
