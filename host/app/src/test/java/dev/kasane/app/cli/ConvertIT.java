package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.inspect.AdapterFiles;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import dev.kasane.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kasane convert} and {@code kasane inspect --against}, with the plugins of the distribution. */
@ExtendWith(Distribution.class)
class ConvertIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path KOHYA =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");
  private static final String TINY =
      ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny").toString();

  @TempDir
  private Path folder;
  private CommandHarness kasane = new CommandHarness();

  private int run(Object... arguments) {
    kasane = new CommandHarness();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return kasane.run(words);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(kasane.out());
  }

  private static Path wild(String name) {
    return SharedData.path("adapters/" + name);
  }

  /** Type, number of bytes and check sum of every tensor. */
  private static Map<String, String> tensors(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      Map<String, String> tensors = new TreeMap<>();
      for (TensorEntry entry : opened.tensors().values()) {
        CRC32 sum = new CRC32();
        sum.update(opened.map(entry.name()));
        tensors.put(entry.name(), entry.dtype() + " " + entry.byteLength() + " " + sum.getValue());
      }
      return tensors;
    }
  }

  @Test
  void theMangledFileIsRefusedWithWhatIsWrongAndRepairedWhenAsked() throws IOException {
    Path mangled = wild("sd15-style.mangled-kohya-prefix.safetensors");
    Path mended = folder.resolve("mended.safetensors");

    assertThat(run("convert", mangled, mended, "--to", "kohya")).isEqualTo(1);
    assertThat(kasane.err()).contains("256 of 256 keys fit no layer of sd1", "mangled", "Add --repair");
    assertThat(mended).doesNotExist();
    assertThat(run("convert", mangled, mended, "--to", "kohya", "--repair")).isZero();
    assertThat(kasane.err()).contains("256 keys repaired", "256 of 256 tensors are the same bit for bit");
    assertThat(kasane.out()).isEqualTo(mended + System.lineSeparator());
    assertThat(run("inspect", "--json", mended, "--against", "sd1")).isZero();
    assertThat(json().at("/against/complete").asBoolean()).isTrue();
    assertThat(json().at("/against/matched")).hasSize(128);
    assertThat(tensors(mended).values()).containsExactlyInAnyOrderElementsOf(tensors(mangled).values());
  }

  @Test
  void theReportTellsStrengthsAndNearMisses() throws IOException {
    Path file = BadFiles.sound(folder.resolve("one.safetensors"));

    assertThat(run("inspect", "--json", file, "--against", "sd1")).isZero();
    JsonNode layer = json().at("/against/matched/0");
    assertThat(layer.at("/layer").asText())
        .isEqualTo("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k");
    assertThat(layer.at("/rank").asDouble()).isEqualTo(1);
    assertThat(layer.at("/scale").asDouble()).isEqualTo(1);
    // Every element of ΔW is 0.5 · 0.5.
    assertThat(layer.at("/norm").asDouble()).isEqualTo(0.25 * Math.sqrt(320 * 768));
    assertThat(run("inspect", "--json", file, "--against", "sd2")).isEqualTo(1);
    assertThat(json().at("/against/misshapen/0/problem").asText()).contains("(1, 768)", "(1, 1024)");
    assertThat(json().at("/against/diagnosis/0").asText()).contains("fits Stable Diffusion 1.x completely");
    assertThat(run("inspect", file, "--against", "no-such-base")).isEqualTo(1);
    assertThat(kasane.err()).contains("no base 'no-such-base'", "sd1, sd2, sdxl");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "empty|is empty", "pickle-empty|is empty", "short|6 bytes", "truncated|incomplete",
    "header-beyond-file|4000", "header-of-exabytes|limit", "header-of-negative-length|limit",
    "overlap|overlap", "out-of-bounds|3072", "duplicate|twice", "absurd-shape|9223372036854775807",
    "negative-shape|-4", "not-utf8|UTF-8", "pickle-payload|posix.system", "nan|no finite number",
    "two-formats|mixes two formats", "unknown-keys|in no adapter format",
    "unknown-model|do not tell which base"
  })
  void badFilesAreRefusedWithTheReason(String kind, String reason) throws IOException {
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", BadFiles.write(kind, folder), out, "--to", "kohya")).isEqualTo(1);
    assertThat(kasane.err()).startsWith("kasane: ").contains(reason).doesNotContain("internal error");
    assertThat(out).doesNotExist();
  }

  /** With the base named, and with the base that the keys tell. */
  @ParameterizedTest
  @MethodSource("dev.kasane.app.cli.MisshapenFiles#all")
  void misshapenFilesAreRefused(MisshapenFiles kind) throws IOException {
    Path bad = kind.write(folder);
    for (String format : MisshapenFiles.formats()) {
      for (List<String> base : List.of(List.of("--base", "sd1"), List.<String>of())) {
        Path out = folder.resolve("out." + format);
        List<Object> arguments = new ArrayList<>(List.of("convert", bad, out, "--to", format));
        arguments.addAll(base);
        assertThat(run(arguments.toArray())).as(format).isEqualTo(1);
        assertThat(kasane.err()).contains(bad.toString()).doesNotContain("internal error");
        assertThat(out).doesNotExist();
      }
    }
    assertThat(run("inspect", bad)).isEqualTo(kind.inspected() ? 1 : 0);
    assertThat(run("inspect", bad, "--against", "sd1")).isEqualTo(kind.isOfWords() ? 0 : 1);
  }

  /** Factors that fit one another are right for some base, but not for the one that was named. */
  @Test
  void factorsOfAnotherSizeAreRefusedForABaseThatWasNamed() throws IOException {
    Path file = AdapterFiles.writeRandom(folder.resolve("small.safetensors"), BadFiles.LAYER + ".lora_down.weight 2,64",
        BadFiles.LAYER + ".lora_up.weight 32,2");
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", file, out, "--to", "diffusers", "--base", "sd1")).isEqualTo(1);
    assertThat(kasane.err()).contains(file.toString(), "lora_down.weight has shape (2, 64)", "(2, 768)")
        .hasLineCount(1);
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"convert-accepts-misshapen", "convert-diffusers-up-1d", "convert-diffusers-mid-shape"})
  void filesThatWereConvertedOnceAreRefused(String name) {
    Path file = SharedData.path("faults/" + name + ".safetensors");
    Path out = folder.resolve("out.safetensors");

    for (String format : MisshapenFiles.formats()) {
      assertThat(run("convert", file, out, "--to", format, "--base", "sd1")).isEqualTo(1);
      assertThat(kasane.err()).contains("different ranks").doesNotContain("internal error");
    }
  }

  /** Casting to the type that a tensor has already must not take it from its owner. */
  @Test
  void doubledPrecisionIsRounded() throws IOException {
    Path file = BadFiles.values(folder.resolve("wide.safetensors"), 0.5f, DType.F64, Map.of());
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", file, out, "--to", "kohya")).isEqualTo(1);
    assertThat(kasane.err()).contains("float64", "--dtype");
    for (String type : List.of("float16", "bfloat16", "float32")) {
      assertThat(run("convert", file, out, "--to", "kohya", "--dtype", type, "--overwrite")).as(kasane.err()).isZero();
      assertThat(kasane.err()).contains("2 equal after rounding");
    }
  }

  @Test
  void keysOfAnotherModelAreNamed() throws IOException {
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", BadFiles.write("unknown-model", folder), out, "--to", "kohya", "--base", "sd1"))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("2 of 2 keys fit no layer of sd1", "double_blocks");
  }

  @Test
  void aTypeThatCannotHoldTheValuesIsRefusedWithTheirNumber() throws IOException {
    Path file = BadFiles.values(folder.resolve("large.safetensors"), 70000, Map.of());
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", file, out, "--to", "kohya", "--dtype", "float16")).isEqualTo(1);
    assertThat(kasane.err()).contains("1088 values in 2 tensors", "--dtype bfloat16");
    assertThat(run("convert", file, out, "--to", "kohya", "--dtype", "bfloat16")).isZero();
    assertThat(kasane.err()).contains("2 equal after rounding");
    assertThat(run("convert", file, out, "--to", "kohya")).isEqualTo(1);
    assertThat(kasane.err()).contains("exists", "--overwrite");
  }

  @ParameterizedTest
  @CsvSource({"F32,float32", "F16,float16", "BF16,bfloat16"})
  void theTypeIsKeptUnlessAnotherIsAskedFor(DType type, String name) throws IOException {
    Path file = BadFiles.values(folder.resolve("in.safetensors"), 0.5f, type, Map.of("ss_note", "kept"));
    Path out = folder.resolve("out.safetensors");

    assertThat(run("convert", file, out, "--to", "kohya")).isZero();
    assertThat(kasane.err()).contains("in " + name);
    assertThat(tensors(out)).isEqualTo(tensors(file));
    try (SafetensorsFile written = SafetensorsFile.open(out)) {
      assertThat(written.metadata()).containsEntry("ss_note", "kept");
    }
  }

  @ParameterizedTest
  @CsvSource({"sd15-style.diffusers-lora-layer.safetensors, 128",
      "sd15-pokemon.diffusers-attn-processor.safetensors, 128", "sd15-disney.cloneofsimo.safetensors, 192"})
  void filesFromTheWildFitTheirBase(String name, int layers) throws IOException {
    assertThat(run("inspect", "--json", wild(name), "--against", "sd1")).isZero();
    assertThat(json().at("/against/matched")).hasSize(layers);
    assertThat(json().at("/against/norm").asDouble()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"diffusers, diffusers.safetensors", "peft, peft"})
  void thereAndBackGivesTheSameTensors(String format, String name) throws IOException {
    Path there = folder.resolve(name);
    Path back = folder.resolve("back.safetensors");

    assertThat(run("convert", KOHYA, there, "--to", format, "--base", TINY)).as(kasane.err()).isZero();
    assertThat(run("convert", there, back, "--to", "kohya", "--base", TINY)).as(kasane.err()).isZero();
    assertThat(tensors(back)).isEqualTo(tensors(KOHYA));
  }
}
