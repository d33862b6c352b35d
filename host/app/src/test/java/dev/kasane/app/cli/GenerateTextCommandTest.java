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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
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
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
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
  void aDeviceThatIsNotThereIsRefused() {
    refuses(List.of("GPU 99 cannot be used: ", "'kasane doctor' tells", "with --device cpu the CPU computes"),
        "--prompt", "w1", "--device", "cuda:99");
    assertThat(generate("--prompt", "w1", "--device", "gpu")).isEqualTo(2);
    assertThat(kasane.err()).contains("'gpu' is no device. There are auto, cpu, cuda and, of several, cuda:N.");
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

  private void refuses(List<String> words, String... arguments) {
    CommandHarness each = new CommandHarness();
    String[] all = Stream.concat(Stream.of("generate", "text", "--base", folder.toString(), "--temperature", "0"),
        Stream.of(arguments)).toArray(String[]::new);
    assertThat(each.run(all)).isEqualTo(1);
    assertThat(each.err()).startsWith("kasane: ").contains(words).doesNotContain("Exception", "internal", "Feature");
    assertThat(each.err().lines()).hasSize(1);
    assertThat(each.out()).isEmpty();
  }

  @Test
  void promptsThatCannotBeContinuedAreNamed() throws IOException {
    refuses(List.of("The prompt has 200 tokens", "the model reads 96"), "--prompt", "w1 ".repeat(200));
    refuses(List.of("The prompt is empty"), "--prompt", "");
    Path prompts = folder.resolve("prompts.jsonl");
    Files.writeString(prompts, "{\"prompt\": \"w1\"}\n{\"prompt\": NaN}\n");
    refuses(List.of("prompts.jsonl, line 2", "NaN is no JSON number"), "--prompts", prompts.toString());
    Files.write(prompts, "{\"prompt\": \"\u00ff\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    refuses(List.of("prompts.jsonl is not UTF-8 text"), "--prompts", prompts.toString());
    Files.writeString(prompts, " \n\n");
    refuses(List.of("prompts.jsonl has no prompts"), "--prompts", prompts.toString());
    refuses(List.of("Cannot read", "is a file"), "--prompts", folder.toString());
    Files.writeString(prompts, "\uFEFF{\"prompt\": \"w1\"}\r\n");
    assertThat(generate("--prompts", prompts.toString(), "--max-tokens", "1")).isZero();
  }

  @Test
  void modelsThatCannotBeUsedAreNamed() throws IOException {
    Path config = folder.resolve("config.json");
    String good = Files.readString(config);
    Files.writeString(config, good.replace("GPT2LMHeadModel", "MambaForCausalLM"));
    refuses(List.of("MambaForCausalLM", "Known are LlamaForCausalLM"), "--prompt", "w1");
    Files.writeString(config, good.substring(0, 40));
    refuses(List.of("config.json is not valid JSON: line 3, column ", "it ends in the middle"), "--prompt", "w1");
    Files.writeString(config, good.replace("128", "100"));
    refuses(List.of("the tokeniser has 128 tokens", "only 100 rows"), "--prompt", "w1");
    Files.writeString(config, good);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": None}");
    refuses(List.of("tokenizer_config.json is not valid JSON: line 1, column", "found None"), "--prompt", "w1");
    Files.writeString(folder.resolve("tokenizer_config.json"), "{}");
    Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": ");
    refuses(List.of("tokenizer.json is not valid JSON: line 1, column", "it ends in the middle"), "--prompt", "w1");
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
