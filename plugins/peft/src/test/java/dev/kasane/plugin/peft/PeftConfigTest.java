package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeftConfigTest {
  private static final String MINIMUM = "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 6";
  @TempDir
  private Path folder;

  private static LayerRules rules(String more) {
    return new LayerRules(ConfigCheck.check(ConfigFiles.parse(MINIMUM + more + "}")));
  }

  @Test
  void firstPatternThatFitsCounts() {
    LayerRules rules = rules(", 'rank_pattern': {'layers.1.q': 2, 'q': 8}, 'alpha_pattern': {'.*\\\\.1\\\\..*': 1.5}"
        .replace('\'', '"'));
    assertThat(rules.rank("model.layers.1.q")).isEqualTo(2);
    assertThat(rules.rank("model.layers.2.q")).isEqualTo(8);
    assertThat(rules.rank("model.layers.2.xq")).isEqualTo(4);
    assertThat(rules.alpha("model.layers.1.q")).isEqualTo(1.5);
    assertThat(rules.alpha("model.layers.2.q")).isEqualTo(6);
  }

  /** What PEFT and the tools around it write without changing what the tensors mean. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      'unsloth_fixed': true, 'unsloth_version': '2026.1' | unsloth_fixed, unsloth_version
      'swift_version': '3.1', 'model_id_or_path': 'a/b', 'lora_dtype': 'AUTO' | swift_version, model_id_or_path
      'task': 'sft', 'auto_mapping': {'base_model_class': 'X'} | task
      'axolotl_version': '0.9', 'trl_version': '1.0', 'seed': 42 | axolotl_version, trl_version, seed
      'use_future': false, 'next_config': null, 'lora_scheme': [], 'zipped': '' | ''
      'peft_version': '0.99.0', 'megatron_config': {'tp': 2}, 'megatron_core': 'megatron.core' | ''
      'loftq_config': {'loftq_bits': 4}, 'corda_config': {'use_float16_for_covariance': false} | ''
      'eva_config': {'rho': 2.0}, 'lora_ga_config': {'direction': 'ArB2r'}, 'qalora_group_size': 16 | ''
      'runtime_config': {'ephemeral_gpu_offload': true}, 'revision': 'main', 'ensure_weight_tying': false | ''
      'use_dora': false, 'use_qalora': false, 'use_bdlora': null, 'arrow_config': null, 'kasa_config': null | ''
      'alora_invocation_tokens': null, 'target_parameters': null, 'trainable_token_indices': null | ''
      'init_lora_weights': 'eva', 'layer_replication': null, 'lora_bias': false, 'velora_config': {'a': 1} | ''""")
  void whatChangesNoTensorIsLeftOutOfAccount(String more, String told) {
    PeftConfig config = ConfigCheck.check(ConfigFiles.parse(MINIMUM + ", " + more.replace('\'', '"') + "}"));
    assertThat(String.join(", ", config.ignored())).isEqualTo(told);
    assertThat(config.start()).isEqualTo(AdapterStart.PLAIN);
  }

  @Test
  void rootOfTheRankIsInTheNeutralAlpha() {
    assertThat(rules(", \"use_rslora\": true, \"rank_pattern\": {\"q\": 9}").neutralAlpha("a.q"))
        .isEqualTo(18);
    assertThat(rules("").neutralAlpha("a.q")).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      'target_modules': ['q_proj'] | model.layers.3.q_proj | true
      'target_modules': ['q_proj'] | model.layers.3.kq_proj | false
      'target_modules': ['q_proj'] | q_proj | true
      'target_modules': '.*\\\\.[qk]' | model.k | true
      'target_modules': '[qk]' | model.k | false
      'target_modules': 'all-linear' | model.k | true
      'target_modules': null | model.k | true
      'target_modules': ['k'], 'exclude_modules': ['a.k'] | model.a.k | false
      'target_modules': ['k'], 'exclude_modules': 'model.*' | other.k | true
      'target_modules': ['k'], 'layers_to_transform': 1 | m.layers.1.k | true
      'target_modules': ['k'], 'layers_to_transform': [0, 2] | m.layers.1.k | false
      'target_modules': ['k'], 'layers_to_transform': [1] | m.layers.1.experts.0.k | true
      'target_modules': ['k'], 'layers_to_transform': [1], 'layers_pattern': 'h' | h.1.k | true
      'target_modules': ['k'], 'layers_to_transform': [1], 'layers_pattern': ['h'] | m.layers.1.k | false
      'target_modules': ['k'], 'layers_to_transform': [1] | k | false""")
  void targetsAsPeftDoes(String more, String path, boolean expected) {
    assertThat(rules(", " + more.replace('\'', '"')).targets(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {} | peft_type is missing
      {'peft_type': 'IA3'} | peft_type is 'IA3', expected one of LORA
      {'peft_type': 'LORA', 'lora_alpha': 1} | key 'r' is missing
      {'peft_type': 'LORA', 'r': 4} | key 'lora_alpha' is missing
      {'peft_type': 'LOHA', 'r': 4, 'lora_alpha': 4} | key 'alpha' is missing
      {'peft_type': 'LORA', 'r': 0, 'lora_alpha': 1} | key 'r' is 0, expected a whole number from 1
      {'peft_type': 'LORA', 'r': -3, 'lora_alpha': 1} | key 'r' is -3
      {'peft_type': 'LORA', 'r': 4.5, 'lora_alpha': 1} | key 'r' is 4.5
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 0} | key 'lora_alpha' is 0
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 1e999} | key 'lora_alpha' is
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': '8'} | key 'lora_alpha' is "8"
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'rank_pattern': {'q': 0}} | key 'rank_pattern'
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'rank_pattern': {'(': 1}} | no regular expression
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'target_modules': '('} | no regular expression
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'target_parameters': ['x']} | key 'target_parameters'
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'trainable_token_indices': [3]} | trainable_token_indices
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'lora_bias': 1} | true or false
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'layer_replication': [[0, 4]]} | layer_replication
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'use_future': 0.5} | key 'use_future' is 0.5, which is unknown
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'lora_scheme': 'x'} | named like what changes the computation
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'next_config': {'a': 1}} | named like what changes
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'use_qalora': true} | pooled in groups
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'arrow_config': {'top_k': 2}} | router
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'alora_invocation_tokens': [1]} | only after certain tokens
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'init_lora_weights': 'pissa_niter_4'} | plain LoRA
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'init_lora_weights': 'corda'} | «mix TRAINED BEFORE:-1
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'init_lora_weights': 'lora_ga'} | came from gradients
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'init_lora_weights': 'loftq'} | «base type nf4»
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'init_lora_weights': 'next'} | unknown here
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'bias': 'some'} | none, all or lora_only
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8, 'use_dora': 1} | true or false
      {'peft_type': 'LORA', 'r': 4, 'r': 5, 'lora_alpha': 8} | the name 'r' stands twice
      {'peft_type': 'LORA', 'r': 4, 'lora_alpha': 8} x | no valid JSON
      [1, 2] | not a JSON object
      nothing | no valid JSON""")
  void refusesWhatHasNoKnownMeaning(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("adapter_config.json"), text.replace('\'', '"'));
    assertThatThrownBy(() -> ConfigFiles.read(file)).isInstanceOf(FileFault.class)
        .hasMessageContaining("adapter_config.json")
        .hasMessageContaining(message);
  }

  @Test
  void unknownKeysThatAreOffAndHarmlessOnesAreKept() {
    ObjectNode json = ConfigFiles.parse(MINIMUM + ", \"use_future\": false, \"other\": null, \"more\": {},"
        + " \"task_type\": \"CAUSAL_LM\", \"revision\": \"main\", \"qalora_group_size\": 16}");
    assertThat(ConfigCheck.check(json).json()).isEqualTo(json);
  }

  @Test
  void boundsSizeAndDepth() throws IOException {
    Path file = folder.resolve("adapter_config.json");
    Files.writeString(file, MINIMUM + ", \"task_type\": " + "[".repeat(5000) + "]".repeat(5000) + "}");
    assertThatThrownBy(() -> ConfigFiles.read(file)).isInstanceOf(FileFault.class)
        .hasMessageContaining("no valid JSON");
    Files.writeString(file, MINIMUM + " ".repeat(1 << 20) + "}");
    assertThatThrownBy(() -> ConfigFiles.read(file)).isInstanceOf(FileFault.class)
        .hasMessageContaining("at most");
    Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
    assertThatThrownBy(() -> ConfigFiles.read(file)).isInstanceOf(FileFault.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void aPatternThatTakesForEverIsRefused() {
    LayerRules rules = rules(", \"rank_pattern\": {\"((a+)+\\\\2)+b\": 2}");
    assertThatThrownBy(() -> rules.rank("a".repeat(60))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes too long");
  }

  @Test
  void readingAFolderWithSuchAPatternNamesItsConfiguration() throws IOException {
    Path golden = Golden.ROOT.resolve("patterns");
    Files.copy(golden.resolve("adapter_model.safetensors"), folder.resolve("adapter_model.safetensors"));
    ObjectNode json = ConfigFiles.parse(Files.readString(golden.resolve("adapter_config.json")));
    json.putObject("rank_pattern").put("((\\w+\\.?)+)+!", 2);
    Files.writeString(folder.resolve("adapter_config.json"), json.toString());
    try (NDManager scope = Engines.newManager()) {
      assertThatThrownBy(() -> new PeftFormat().read(folder, Golden.open("patterns", scope).base(), scope))
          .isInstanceOf(FileFault.class)
          .hasMessageContainingAll("adapter_config.json", "((\\w+\\.?)+)+!", "takes too long");
    }
  }

  @Test
  void othersMayReadWhatIsWritten() throws IOException {
    Path file = folder.resolve("adapter_config.json");
    ConfigFiles.write(ConfigFiles.parse(MINIMUM + "}"), file);
    assertThat(Files.readString(file)).startsWith("{\n  \"lora_alpha\": 6,\n  \"peft_type\": \"LORA\"");
    Path plain = Files.createFile(folder.resolve("plain"));
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain))
        .contains(PosixFilePermission.OWNER_READ);
  }
}
