package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * What a token keeps, added up by hand from the operators: in Llama's first case 4 bytes · (4 · 32 for norms and
   * what they give, 4 · 32 + 4 for attention, 4 · 56 inside), in each of two blocks, and behind them 4 bytes ·
   * (2 · 32 + 4 · 128); in segments three states and the latter. Ten tokens have ten times as much.
   */
  @ParameterizedTest
  @CsvSource({"llama,all-linear,float32,model,,61760,26880", "llama,q_proj,float32,model,,54720,26880",
      "llama,all-linear,float32,model,1,42400,26880", "llama,lm_head,float32,model,,23040,26880",
      "llama,all-linear,bfloat16,model,,43840,22400", "gpt2,all-linear,float32,none,,105280,44960",
      "gpt2,all-linear,float32,model,,119680,52160", "gemma2,all-linear,float32,model,,101120,40320"})
  void addsUpWhatBackwardKeeps(String family, String targets, String type, String dropout, String layers, long whole,
      long segmented) throws IOException {
    List<String> more =
        new ArrayList<>(List.of("--length", "10", "--dtype", type, "--base-dropout", dropout, "--json"));
    if (layers != null) {
      more.addAll(List.of("--layers", layers));
    }
    String config = ROOT.resolve("text-lm/src/test/resources/golden").resolve(family).toString();
    assertThat(params(config, targets, "4", more.toArray(String[]::new))).isZero();

    JsonNode forecast = new ObjectMapper().readTree(kasane.out()).get("forecast");
    assertThat(forecast.get("activations").asLong()).isEqualTo(whole);
    assertThat(forecast.get("activationsInSegments").asLong()).isEqualTo(segmented);
  }

  /** A checkpoint in the wanted type is mapped, and its embedding is hardly read. */
  @ParameterizedTest
  @CsvSource({"llama,bfloat16,2,4096", "llama,float32,4,0", "llama-tied,bfloat16,2,0"})
  void anEmbeddingThatStaysInItsFileTakesNoMemory(String family, String type, int size, int table) throws IOException {
    String config = ROOT.resolve("text-lm/src/test/resources/golden").resolve(family).toString();
    assertThat(params(config, "q_proj", "4", "--dtype", type, "--json")).isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.at("/forecast/weights").asLong())
        .isEqualTo((json.get("modelParameters").asLong() - table) * size);
  }

  /** 123,904,000 numbers in each of 26 blocks' seven layers, of 33,280 rows; the others are dense. */
  @ParameterizedTest
  @CsvSource({"nf4,1812096000", "int8,3224965120"})
  void aQuantisedBaseIsItsCodesAndWhatIsDecodedOfIt(String type, long codes) throws IOException {
    assertThat(params(folder.toString(), "attn", "8", "--base-type", type, "--optimizer", "adamw8bit", "--json"))
        .isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    JsonNode forecast = json.get("forecast");
    long trained = json.get("trainableParameters").asLong();
    assertThat(forecast.get("weights").asLong()).isEqualTo(codes + 4 * (3_426_473_600L - 26L * 123_904_000));
    assertThat(forecast.get("decoded").asLong()).isEqualTo(4 * 123_904_000L);
    assertThat(forecast.get("optimizer").asLong()).as("25,600 numbers are whole blocks")
        .isEqualTo(2 * trained + 2 * trained / 256 * 4);
    assertThat(forecast.get("activations")).isEqualTo(forecast.get("activationsInSegments"));
    assertThat(json.has("gpus")).isFalse();
  }

  @Test
  void saysWhichGpusHoldWhichWayOfTraining() throws IOException {
    assertThat(params(folder.toString(), "attn", "8", "--device", "cuda", "--json")).isZero();
    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.at("/forecast/weights").asLong()).as("on a GPU the table counts").isEqualTo(4 * 3_426_473_600L);
    assertThat(json.get("gpus").findValuesAsText("options")).containsExactly("--dtype float32",
        "--dtype float32 --gradient-checkpointing", "--dtype bfloat16", "--dtype bfloat16 --gradient-checkpointing",
        "--base-type nf4 --double-quant --dtype bfloat16 --optimizer adamw8bit");
    assertThat(json.at("/gpus/0/total").asLong()).isEqualTo(json.at("/forecast/total").asLong());
    assertThat(json.at("/gpus/0/fits").toString()).as("13.7 GB of weights").isEqualTo("[24]");
    assertThat(json.at("/gpus/4/fits").toString()).isEqualTo("[6,8,12,16,24]");
  }

  @Test
  void saysForPeopleWhatFits() {
    assertThat(params(folder.toString(), "attn", "8", "--device", "cuda", "--batch", "64")).isZero();
    assertThat(kasane.out()).contains("none of them: ", "with --dtype float32",
        "GPUs that hold it, of 6, 8, 12, 16, 24 GB");
    assertThat(params(folder.toString(), "attn", "8", "--device", "tpu")).isEqualTo(2);
    assertThat(kasane.err()).contains("--device", "'tpu'", "cpu and cuda");
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
