package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.app.testing.PluginJar;
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

/** A format and a method that are no part of the build, in a jar of their own, are treated like ours. */
@ExtendWith(Distribution.class)
class ThirdPartyIT {
  private static final Path SOURCES =
      Path.of(System.getProperty("kasane.root"), "host/app/src/test/third-party/org/example/acme");
  private static final String LAYER = "unet!mid_block.attentions.0.transformer_blocks.0.attn2.to_k!";

  @TempDir
  private static Path plugins;

  @TempDir
  private Path folder;

  @BeforeAll
  static void pack() throws IOException {
    new PluginJar("acme").sources(Files.readString(SOURCES.resolve("SlimFormat.java")),
        Files.readString(SOURCES.resolve("SlimMethod.java"))).writeTo(plugins.resolve("acme.jar"));
  }

  private static CommandHarness run(int status, String... arguments) {
    CommandHarness kasane = new CommandHarness();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--plugins-dir", plugins.toString()));
    assertThat(kasane.run(all.toArray(String[]::new))).as(kasane.err() + kasane.out()).isEqualTo(status);
    return kasane;
  }

  private static JsonNode inspect(int status, Path file, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("inspect", "--json", file.toString()));
    all.addAll(List.of(more));
    return new ObjectMapper().readTree(run(status, all.toArray(String[]::new)).out());
  }

  private Path adapter() throws IOException {
    return AdapterFiles.writeRandom(
        folder.resolve("in.safetensors"), LAYER + "slim_in 4,768", LAYER + "slim_out 1280,4");
  }

  private static void requireOurOwn(JsonNode found, String format) {
    assertThat(found.get("format").asText()).isEqualTo(format);
    assertThat(found.get("method").asText()).isEqualTo("slim-product");
    assertThat(found.get("ranks").toString()).isEqualTo("[4]");
    assertThat(found.get("modules").asInt()).isEqualTo(1);
    assertThat(found.get("base").asText()).as("told by the width of the text").isEqualTo("sd1");
    assertThat(found.get("targets").toString()).isEqualTo("{\"mid_block\":1}");
    assertThat(found.get("problems").isEmpty()).isTrue();
  }

  @Test
  void inspectAsksThem() throws IOException {
    requireOurOwn(inspect(0, adapter()), "slim");
    assertThat(run(0, "inspect", adapter().toString()).out())
        .containsPattern("format +slim").containsPattern("method +slim-product").containsPattern("ranks +4");
  }

  @Test
  void whatIsDamagedOrMixedIsTold() throws IOException {
    Path half = AdapterFiles.write(folder.resolve("half.safetensors"), Map.of(), LAYER + "slim_in 4,768");
    assertThat(inspect(1, half).at("/problems/0").asText()).contains("lack one of the parameters");
    Path mixed = AdapterFiles.write(folder.resolve("mixed.safetensors"), Map.of(), LAYER + "slim_in 4,768",
        LAYER + "slim_out 1280,4", "lora_unet_conv_in.lora_down.weight 4,4", "lora_unet_conv_in.lora_up.weight 4,4");
    assertThat(inspect(1, mixed).at("/problems/0").asText()).contains("several formats", "slim 2 keys", "kohya 2 keys");
    assertThat(run(1, "convert", mixed.toString(), folder.resolve("no.safetensors").toString(), "--to", "kohya").err())
        .contains("mixes two formats");
  }

  @Test
  void aFileFitsABase() throws IOException {
    JsonNode fit = inspect(0, adapter(), "--against", "sd1").get("against");
    assertThat(fit.toString()).contains("slim-product", "attn2.to_k");
  }

  @Test
  void filesAreConvertedBothWays() throws IOException {
    Path kohya = folder.resolve("kohya.safetensors");
    run(0, "convert", adapter().toString(), kohya.toString(), "--to", "kohya");
    requireOurOwn(inspect(0, kohya), "kohya");
    Path back = folder.resolve("back.safetensors");
    run(0, "convert", kohya.toString(), back.toString(), "--to", "slim");
    requireOurOwn(inspect(0, back), "slim");
  }
}
