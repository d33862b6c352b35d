package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a configuration or a key, it is understood or refused, and nothing else happens. */
class PeftFuzzTest {
  private static final int TRIES = 1000;
  private static final String SYNTAX = "{}[]\":,0-9etfn+*()?\\";

  @Property(tries = TRIES)
  void mutatedConfigurationsAreReadOrRefused(@ForAll Random random) throws IOException {
    byte[] text = Files.readAllBytes(Golden.ROOT.resolve("patterns/adapter_config.json"));
    for (int i = random.nextInt(4); i >= 0; i--) {
      text = mutate(text, random);
    }
    Path file = Files.createTempFile("adapter_config", ".json");
    try {
      Files.write(file, text);
      readOrRefuse(file);
    } finally {
      Files.delete(file);
    }
  }

  private static void readOrRefuse(Path file) {
    try {
      LayerRules rules = new LayerRules(ConfigFiles.read(file));
      assertThat(rules.rank("model.layers.0.self_attn.q_proj")).isPositive();
      assertThat(rules.neutralAlpha("model.layers.0.self_attn.v_proj")).isNotZero().isFinite();
      rules.targets("model.layers.11.self_attn.v_proj");
    } catch (FileFault refused) {
      assertThat(refused).hasMessageContaining("adapter_config");
    } catch (IllegalArgumentException slow) {
      assertThat(slow).hasMessageContaining("takes too long");
    }
  }

  private static byte[] mutate(byte[] text, Random random) {
    byte[] changed = text.clone();
    if (changed.length == 0) {
      return changed;
    }
    int at = random.nextInt(changed.length);
    int length = random.nextInt(Math.min(12, changed.length - at) + 1);
    switch (random.nextInt(4)) {
      case 0 -> changed[at] = (byte) random.nextInt(256);
      case 1 -> changed = Arrays.copyOf(changed, at);
      case 2 -> System.arraycopy(text, random.nextInt(text.length - length + 1), changed, at, length);
      default -> changed[at] = (byte) SYNTAX.charAt(random.nextInt(SYNTAX.length()));
    }
    return changed;
  }

  @Property(tries = TRIES)
  void anyKeyIsParsedOrNot(@ForAll("keys") String key) {
    KeyGrammar.parse(key).ifPresent(parsed -> {
      assertThat(parsed.path()).isNotEmpty();
      assertThat(parsed.parameter()).isNotEmpty();
    });
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.of("base_model.model.", "lora_A", "lora_B", ".default", ".weight", ".bias", ".", "q_proj",
        "modules_to_save", "base_layer", "lora_magnitude_vector", "hada_w1_a", "lokr_w2", "\n", "墨", "")
        .list().ofMinSize(0).ofMaxSize(12).map(parts -> String.join("", parts));
  }

  @Property(tries = TRIES)
  void whatIsWrittenIsParsedBack(@ForAll("paths") String path, @ForAll("parameters") String parameter) {
    assertThat(KeyGrammar.parse(KeyGrammar.ofAdapter(path, parameter)))
        .contains(new KeyGrammar.Parsed(path, parameter, true));
    assertThat(KeyGrammar.parse(KeyGrammar.ofWhole(path, "weight", true)))
        .contains(new KeyGrammar.Parsed(path, "weight", false));
    assertThat(KeyGrammar.parse(KeyGrammar.ofWhole(path, "bias", false)))
        .contains(new KeyGrammar.Parsed(path, "bias", false));
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of("model", "layers", "0", "17", "self_attn", "q_proj", "mlp", "h", "c_attn", "score",
        "to_out", "base_model").list().ofMinSize(1).ofMaxSize(7).map(parts -> String.join(".", parts));
  }

  @Provide
  Arbitrary<String> parameters() {
    return Arbitraries.of("lora_down.weight", "lora_up.weight", "dora_scale", "lora_embedding_A",
        "lora_embedding_B", "hada_w1_a", "hada_t2", "lokr_w1", "lokr_w2_b", "lokr_t2");
  }
}
