package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model whose tokens are the words w0 to w127. */
class GenerateTextCommandTest {
  private static final int WORDS = 128;

  private final CommandHarness kasane = new CommandHarness();
  private Path golden;

  @TempDir
  private Path folder;

  @BeforeEach
  void makeModel() throws IOException {
    golden = Path.of(System.getProperty("kasane.root"), "text-lm/src/test/resources/golden/gpt2");
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(golden.resolve(file), folder.resolve(file));
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree("""
        {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
         "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {}}}""");
    ObjectNode vocabulary = (ObjectNode) json.at("/model/vocab");
    for (int word = 0; word < WORDS; word++) {
      vocabulary.put("w" + word, word);
    }
    mapper.writeValue(folder.resolve("tokenizer.json").toFile(), json);
  }

  private String words(String tensor) {
    try (NDManager scope = Engines.newManager();
        TensorSource source = TensorSources.open(golden.resolve("expected.safetensors"))) {
      return LongStream.of(source.read(tensor, scope).toType(DataType.INT64, true).toLongArray())
          .mapToObj(id -> "w" + id).collect(Collectors.joining(" "));
    }
  }

  private int generate(String... arguments) {
    String[] all = Arrays.copyOf(new String[] {"generate", "text", "--base", folder.toString()},
        4 + arguments.length);
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return kasane.run(all);
  }

  @Test
  void printsTheContinuationAlone() {
    assertThat(generate("--prompt", words("greedy.prompt"), "--temperature", "0", "--max-tokens", "64")).isZero();

    assertThat(kasane.out().strip()).isEqualTo(words("greedy.tokens"));
    assertThat(kasane.err()).isEmpty();
  }

  @Test
  void theSameSeedGivesTheSameText() {
    generate("--prompt", "w5 w17", "--seed", "4", "--max-tokens", "12");
    String first = kasane.out();
    CommandHarness again = new CommandHarness();
    again.run("generate", "text", "--base", folder.toString(), "--prompt", "w5 w17", "--seed", "4",
        "--max-tokens", "12");

    assertThat(first.strip().split(" ")).hasSize(12);
    assertThat(again.out()).isEqualTo(first);
    assertThat(kasane.err()).contains("seed 4");
  }

  @Test
  void continuesManyPromptsInOneBatch() throws IOException {
    Path prompts = Files.writeString(folder.resolve("prompts.jsonl"),
        "{\"prompt\": \"" + words("greedy.prompt") + "\"}\n\n{\"prompt\": \"w3\", \"adapter\": null}\n");

    assertThat(generate("--prompts", prompts.toString(), "--temperature", "0", "--max-tokens", "10")).isZero();

    List<String> lines = kasane.out().lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertThat(words("greedy.tokens")).startsWith(first.get("text").asText().strip());
    assertThat(first.get("tokens").asInt()).isEqualTo(10);
    assertThat(first.get("end").asText()).isEqualTo("length");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(generate("--prompt", "w1", "--named-adapter", "a=here")).isEqualTo(1);
    assertThat(kasane.err()).contains("--prompts");
    assertThat(generate("--prompt", "w1", "--block-weight", "layers.0=0.5")).isNotZero();
    assertThat(kasane.err()).contains("--block-weight");
    Path prompts = Files.writeString(folder.resolve("prompts.jsonl"), "{\"prompt\": \"w1\"}\n{\"text\": 1}\n");
    assertThat(generate("--prompts", prompts.toString())).isEqualTo(1);
    assertThat(kasane.err()).contains("line 2", "'prompt'");
    Files.writeString(prompts, "{\"prompt\": \"w1\", \"adapter\": \"pirate\"}\n");
    assertThat(generate("--prompts", prompts.toString())).isEqualTo(1);
    assertThat(kasane.err()).contains("no adapter 'pirate'");
    assertThat(generate("--prompt", "w1", "--temperature", "-1")).isEqualTo(1);
    assertThat(kasane.err()).contains("--temperature is -1");
    assertThat(generate("--prompt", "w1", "--chat")).isEqualTo(1);
    assertThat(kasane.err()).contains("no chat template");
    assertThat(generate()).isEqualTo(2);
    Files.delete(folder.resolve("tokenizer.json"));
    assertThat(generate("--prompt", "w1")).isEqualTo(1);
    assertThat(kasane.err()).contains("tokenizer.json");
    assertThat(kasane.out()).isEmpty();
  }
}
