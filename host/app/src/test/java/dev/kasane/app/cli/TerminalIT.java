package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files whose every name would steer a terminal, through every command. */
@ExtendWith(Distribution.class)
class TerminalIT {
  /** Title, clear, bell, backspace, C1, overriding and isolating directions, zero width, separators, a forged line. */
  private static final String EVIL = "x\u001b]0;t\u0007\u001b[2J\b\u009b31m\u0085\u202e\u2066\u2069\u200e\u200f\u061c"
      + "\u200b\u2060\ufeff\u2028\u2029\r\nkasane: done ";
  private static final String EVIL_FILE = EVIL.replace("/", "");
  private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\\n\\t]]");
  private static final Path DEMO_TEXT = Path.of(System.getProperty("kasane.root"),
      "text-lm/src/test/resources/golden/gpt2");

  @TempDir
  private Path folder;

  private Path adapter;
  private Path pictures;

  @BeforeEach
  void makeFiles() throws IOException {
    adapter = folder.resolve(EVIL_FILE + ".safetensors");
    write(adapter, "lora_unet_" + EVIL, "lora_te_" + EVIL);
    pictures = Files.createDirectory(folder.resolve("3_" + EVIL_FILE));
    Path sample = Path.of(System.getProperty("kasane.root"), "sample-images/001.png");
    Files.copy(sample, pictures.resolve(EVIL_FILE + "1.png"));
    Files.copy(sample, pictures.resolve("2.png"));
    Files.writeString(pictures.resolve("2.txt"), EVIL + "!");
    Files.writeString(pictures.resolve(EVIL_FILE + "3.png"), "no picture");
  }

  private static void write(Path file, String... layers) throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (String layer : layers) {
      tensors.add(TensorDeclaration.ofFloats(layer + ".lora_down.weight", DType.F32, new long[] {1, 8}, new float[8]));
      tensors.add(TensorDeclaration.ofFloats(layer + ".lora_up.weight", DType.F32, new long[] {8, 1}, new float[8]));
    }
    SafetensorsWriter.write(file, tensors, Map.of("ss_training_comment", EVIL, EVIL, EVIL));
  }

  private void isHarmless(String... arguments) {
    CommandHarness kasane = new CommandHarness();
    kasane.run(arguments);
    String printed = kasane.out() + kasane.err();
    assertThat(printed).as(String.join(" ", arguments)).isNotEmpty().doesNotContainPattern(HARMFUL)
        .doesNotContain("fault of Kasane");
    assertThat(printed.lines()).noneMatch(line -> line.startsWith("kasane: done"));
  }

  @Test
  void adapterFiles() {
    String out = folder.resolve("o.safetensors").toString();
    isHarmless("inspect", adapter.toString());
    isHarmless("inspect", "--against", "demo", adapter.toString());
    isHarmless("inspect", "--against", adapter.toString(), adapter.toString());
    isHarmless("convert", "--to", "diffusers", adapter.toString(), out);
    isHarmless("convert", "--to", "kohya", "--base", "sd1", adapter.toString(), out);
    isHarmless("convert", "--to", EVIL, adapter.toString(), out);
    isHarmless("mix", adapter.toString(), adapter.toString(), "--base", "demo", "--out", out);
    isHarmless("resize", adapter.toString(), "--rank", "1", "--out", out);
    isHarmless("merge", "--base", adapter.toString(), "--adapter", adapter.toString(), "--out", out);
    isHarmless("unmerge", "--base", "demo", "--adapter", adapter.toString(), "--out", out);
    isHarmless("extract", "--base", adapter.toString(), "--tuned", adapter.toString(), "--rank", "2", "--out", out);
    isHarmless("quantize", adapter.toString(), folder.resolve("q").toString());
    isHarmless("generate", "image", "--prompt", EVIL, "--adapter", adapter.toString());
    isHarmless("generate", "image", "--prompt", EVIL, "--embedding", adapter.toString());
    isHarmless("generate", "image", "--prompt", EVIL, "--init", pictures.resolve(EVIL_FILE + "3.png").toString());
  }

  @Test
  void jsonStaysJson() throws IOException {
    CommandHarness kasane = new CommandHarness();
    kasane.run("inspect", "--json", "--against", "demo", adapter.toString());
    assertThat(kasane.out()).contains("\\u202e").doesNotContainPattern(HARMFUL);
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/metadata").get(EVIL).textValue()).isEqualTo(EVIL);
  }

  @Test
  void pictures() {
    isHarmless("train", "image", "--data", pictures.toString(), "--steps", "1");
    isHarmless("train", "image", "--data", folder.toString(), "--allow-unreadable", "--steps", "1");
    isHarmless("train", "image", "--data", folder.resolve(EVIL_FILE).toString(), "--steps", "1");
  }

  @Test
  void languageModels() throws IOException {
    Path model = Files.createDirectory(folder.resolve("m" + EVIL_FILE));
    isHarmless("generate", "text", "--base", model.toString(), "--prompt", EVIL);
    String json = Files.readString(DEMO_TEXT.resolve("config.json"));
    String evil = new ObjectMapper().writeValueAsString(EVIL);
    Path config = model.resolve("config.json");
    for (String key : List.of("model_type", "activation_function", "n_layer", "torch_dtype")) {
      Files.writeString(config, "{\"" + key + "\": " + evil + "," + json.replaceFirst("\"" + key + "\": [^,}]+,?", "")
          .strip().substring(1));
      isHarmless("params", "--config", config.toString(), "--targets", EVIL);
      isHarmless("inspect", "--against", config.toString(), adapter.toString());
    }
    Files.writeString(config, "{" + evil + ": " + EVIL);
    isHarmless("params", "--config", config.toString());
    Path data = Files.writeString(folder.resolve(EVIL_FILE + ".jsonl"), "{" + evil + ": " + evil + "}\n");
    isHarmless("train", "text", "--data", data.toString(), "--steps", "1");
    isHarmless("generate", "text", "--prompts", data.toString());
  }

  @Test
  void recipesAndOptions() throws IOException {
    String evil = new ObjectMapper().writeValueAsString(EVIL);
    Path recipe = Files.writeString(folder.resolve(EVIL_FILE + ".yaml"), evil + ": 1\n");
    isHarmless("train", "image", "--recipe", recipe.toString());
    Files.writeString(recipe, "targets: [" + evil + "]\nmethod: " + evil + "\n");
    isHarmless("train", "image", "--recipe", recipe.toString());
    isHarmless("train", "image", "--targets", "re:" + EVIL + "(", "--steps", "1");
    isHarmless("train", "image", "--" + EVIL, "1");
    isHarmless(EVIL);
    isHarmless("plugins", "list", "--plugins-dir", folder.resolve(EVIL_FILE).toString());
  }
}
