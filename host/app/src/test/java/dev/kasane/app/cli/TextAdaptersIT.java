package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.DemoTextLocation;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.text.demo.DemoInstructions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Trains an adapter of the embedded language model and generates with it, as a folder and as a file. */
@ExtendWith(Distribution.class)
class TextAdaptersIT {
  private static final String PROMPT = "Things at the market:\nName: Dorim. Kind:";

  @TempDir
  private static Path shared;

  private static Path adapter;

  @TempDir
  private Path folder;

  @BeforeAll
  static void trainAnAdapter() {
    Path data = shared.resolve("data.jsonl");
    DemoInstructions.write(DemoInstructions.training(8), data);
    CommandHarness command = new CommandHarness();
    int code = command.run("train", "text", "--data", data.toString(), "--template", "alpaca", "--name", "run",
        "--out", shared.resolve("out").toString(), "--steps", "3", "--rank", "2", "--learning-rate", "0.05",
        "--no-samples");
    assertThat(code).as(command::err).isZero();
    adapter = shared.resolve("out/run");
  }

  private static CommandHarness generate(int expected, String... more) {
    List<String> arguments = new ArrayList<>(List.of("generate", "text", "--temperature", "0", "--max-tokens", "12"));
    arguments.addAll(List.of(more));
    CommandHarness command = new CommandHarness();
    assertThat(command.run(arguments.toArray(String[]::new))).as(command::err).isEqualTo(expected);
    return command;
  }

  private static String text(String... adapters) {
    List<String> arguments = new ArrayList<>(List.of("--prompt", PROMPT));
    for (String each : adapters) {
      arguments.addAll(List.of("--adapter", each));
    }
    return generate(0, arguments.toArray(String[]::new)).out().stripTrailing();
  }

  @Test
  void withNothingNamedTheDemoModelIsTunedAndExamined() {
    CommandHarness command = new CommandHarness();
    int code = command.run("train", "text", "--steps", "2", "--out", folder.resolve("out").toString());
    assertThat(code).as(command::err).isZero();
    assertThat(folder.resolve("out/descriptions/adapter_config.json")).isRegularFile();
    assertThat(command.err())
        .contains("Held-out products, before: 48 answers: 0 % name the product", "Held-out products, after: 48");
  }

  @Test
  void folderAndFileDoTheSameAndWeightZeroDoesNothing() throws IOException {
    String bare = text();
    String adapted = text(adapter.toString());
    Path weights = adapter.resolve("adapter_model.safetensors");
    assertThat(adapted).isNotEqualTo(bare);
    assertThat(text(weights + ":1")).isEqualTo(adapted);
    assertThat(text(adapter + ":0")).isEqualTo(bare);
    assertThat(text(adapter + ":0.5", adapter + ":0.5")).isEqualTo(adapted);
    assertThat(generate(0, "--prompt", PROMPT, "--adapter", adapter + ":0.5").err())
        .contains("peft", "layers (model ", "rank 2", "weight 0.5");
  }

  @Test
  void everyPromptGoesThroughItsOwn() throws IOException {
    ObjectMapper json = new ObjectMapper();
    Path prompts = Files.writeString(folder.resolve("prompts.jsonl"),
        json.writeValueAsString(Map.of("prompt", PROMPT)) + "\n"
            + json.writeValueAsString(Map.of("prompt", PROMPT, "adapter", "own")) + "\n");
    List<String> lines = generate(0, "--prompts", prompts.toString(), "--named-adapter", "own=" + adapter)
        .out().lines().toList();
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      JsonNode answer = json.readTree(line);
      texts.add(answer.get("text").asText().stripTrailing());
    }
    assertThat(texts).containsExactly(text(), text(adapter.toString()));
  }

  @Test
  void modulesThatAreTrainedWholeAreSavedAndLoaded() throws IOException {
    Path data = folder.resolve("data.jsonl");
    DemoInstructions.write(DemoInstructions.training(4), data);
    CommandHarness command = new CommandHarness();
    int code = command.run("train", "text", "--data", data.toString(), "--template", "alpaca", "--name", "run",
        "--out", folder.toString(), "--steps", "2", "--rank", "2", "--learning-rate", "1", "--no-samples",
        "--targets", "q_proj", "--modules-to-save", "model.norm,lm_head");
    assertThat(code).as(command::err).isZero();
    assertThat(command.err()).contains("tied embeddings", "changes lm_head and leaves the other alone");
    Path whole = folder.resolve("run");
    assertThat(new ObjectMapper().readTree(whole.resolve("adapter_config.json").toFile())
        .get("modules_to_save")).hasSize(2);
    assertThat(text(whole.toString())).isNotEqualTo(text());
    assertThat(text(whole + ":0")).isEqualTo(text());
    Path merged = folder.resolve("merged");
    assertThat(command.run("merge", "--base", DemoTextLocation.base().toString(), "--adapter", whole.toString(),
        "--out", merged.toString())).as(command::err).isZero();
    assertThat(generate(0, "--prompt", PROMPT, "--base", merged.toString()).out().stripTrailing())
        .isEqualTo(text(whole.toString()));
    Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"A\", \"adapter\": \"own\"}\n");
    assertThat(generate(1, "--prompts", prompts.toString(), "--named-adapter", "own=" + whole).err())
        .contains("'own'", "lm_head", "every prompt");
  }

  @Test
  void whatDoesNotFitIsRefusedUnlessAccepted() throws IOException {
    Path strange = Files.createDirectories(folder.resolve("strange"));
    String query = "base_model.model.model.layers.0.self_attn.q_proj";
    String surplus = "base_model.model.model.layers.99.self_attn.q_proj";
    AdapterFiles.write(strange.resolve("adapter_model.safetensors"), Map.of(),
        query + ".lora_A.weight 2,192", query + ".lora_B.weight 192,2",
        surplus + ".lora_A.weight 2,192", surplus + ".lora_B.weight 192,2");
    Files.copy(adapter.resolve("adapter_config.json"), strange.resolve("adapter_config.json"));

    CommandHarness refused = generate(1, "--prompt", PROMPT, "--adapter", strange.toString());
    assertThat(refused.err()).contains("layers.99.self_attn.q_proj", "--adapter-accept unmatched");
    assertThat(refused.out()).isEmpty();
    generate(0, "--prompt", PROMPT, "--adapter", strange.toString(), "--adapter-accept", "unmatched");
    Path picture = Path.of(System.getProperty("kasane.root"),
        "plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");
    assertThat(generate(1, "--prompt", PROMPT, "--adapter", picture.toString()).err())
        .contains(picture.toString(), "base");
    assertThat(generate(1, "--prompt", PROMPT, "--adapter", folder.resolve("none").toString()).err())
        .contains("There is no adapter file");
  }
}
