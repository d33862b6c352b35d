package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uses the plugins of the distribution, which exist only after packaging. */
class ParamsCommandIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final String OPEN_LLAMA_3B = """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 3200,
       "intermediate_size": 8640, "num_hidden_layers": 26, "num_attention_heads": 32, "vocab_size": 32000}""";

  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path folder;

  @BeforeEach
  void writeConfig() throws IOException {
    Files.writeString(folder.resolve("config.json"), OPEN_LLAMA_3B);
  }

  private int params(String config, String targets, String rank, String... more) {
    String[] all = new String[9 + more.length];
    System.arraycopy(new String[] {"params", "--plugins-dir", ROOT.resolve("host/app/target/kasane/plugins").toString(),
        "--config", config, "--targets", targets, "--rank", rank}, 0, all, 0, 9);
    System.arraycopy(more, 0, all, 9, more.length);
    return kasane.run(all);
  }

  /** The counts that PEFT prints for OpenLLaMA 3B v2. */
  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"q_proj,v_proj;8;2662400", "q_proj,v_proj;16;5324800",
      "q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj,lm_head;8;12994560", "all-linear;8;12712960"})
  void countsWhatIsPublished(String targets, String rank, long expected) throws IOException {
    assertThat(params(folder.resolve("config.json").toString(), targets, rank, "--json")).isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.get("trainableParameters").asLong()).isEqualTo(expected);
    assertThat(json.get("modelParameters").asLong()).isEqualTo(3_426_473_600L);
    assertThat(json.get("adapterBytes").asLong()).isBetween(4 * expected, 4 * expected + 100_000);
    assertThat(json.at("/forecast/weights").asLong()).isEqualTo(4 * 3_426_473_600L);
    assertThat(json.at("/forecast/optimizer").asLong()).isEqualTo(8 * expected);
    assertThat(json.at("/forecast/totalInSegments").asLong()).isLessThan(json.at("/forecast/total").asLong());
  }

  @Test
  void countsSomeLayersOnly() throws IOException {
    assertThat(params(folder.resolve("config.json").toString(), "q_proj,v_proj", "8", "--layers", "0-12", "--json"))
        .isZero();
    assertThat(new ObjectMapper().readTree(kasane.out()).get("trainableParameters").asLong()).isEqualTo(2662400 / 2);
  }

  /** The file that PEFT itself writes for this model and these targets has 5872 bytes. */
  @Test
  void theFileIsAsLargeAsPefts() throws IOException {
    String tiny = ROOT.resolve("text-lm/src/test/resources/golden/llama").toString();
    assertThat(params(tiny, "q_proj,down_proj", "4", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(kasane.out()).get("adapterBytes").asLong()).isEqualTo(5872);
  }

  @Test
  void countsPictureModelsToo() {
    String unet = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny/unet").toString();
    assertThat(params(unet, "attn", "4", "--batch", "2", "--dtype", "bfloat16")).isZero();
    assertThat(kasane.out()).contains("model                 unet", "gradient checkpointing (bfloat16, batch 2)");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(params(folder.resolve("config.json").toString(), "to_q", "8")).isEqualTo(1);
    assertThat(kasane.err()).contains("'to_q' matches none", "q_proj");
    assertThat(params(folder.resolve("none").toString(), "q_proj", "8")).isEqualTo(1);
    Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"BertModel\"]}");
    assertThat(params(folder.toString(), "q_proj", "8")).isEqualTo(1);
    assertThat(kasane.err()).contains("BertModel", "LlamaForCausalLM");
    assertThat(kasane.out()).isEmpty();
  }
}
