package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of the LyCORIS family through every command that computes with adapters, on a tiny base. */
@ExtendWith(Distribution.class)
class LycorisCommandsIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path BASE = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
  private static final String BLOCK = "mid_block.attentions.0.transformer_blocks.0.";
  private static final String QUERY = BLOCK + "attn1.to_q";
  private static final String OUT = BLOCK + "attn1.to_out.0";
  private static final String NORM = BLOCK + "norm1";
  private static final String LOHA = "hada_w1_a 16,2;hada_w1_b 2,16;hada_w2_a 16,2;hada_w2_b 2,16";

  @TempDir
  private Path folder;
  private CommandHarness kasane = new CommandHarness();

  private int run(Object... arguments) {
    kasane = new CommandHarness();
    return kasane.run(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  private void succeeds(Object... arguments) {
    assertThat(run(arguments)).as(kasane.err()).isZero();
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  /** Random values for one layer in kohya's grammar; a name with "=" has that constant. */
  private static List<TensorDeclaration> layer(String path, String tensors) {
    Random random = new Random(7);
    List<TensorDeclaration> declared = new ArrayList<>();
    for (String tensor : tensors.split(";")) {
      String[] constant = tensor.split("=");
      String[] parts = constant[0].split(" ");
      long[] shape = parts.length == 1 ? new long[0]
          : Arrays.stream(parts[1].split(",")).mapToLong(Long::parseLong).toArray();
      float[] values = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = constant.length > 1 ? Float.parseFloat(constant[1]) : (float) random.nextGaussian() * 0.3f;
      }
      declared.add(TensorDeclaration.ofFloats("lora_unet_" + path.replace('.', '_') + "." + parts[0], DType.F32,
          shape, values));
    }
    return declared;
  }

  private Path file(String name, List<TensorDeclaration> tensors) throws IOException {
    SafetensorsWriter.write(at(name), tensors, Map.of());
    return at(name);
  }

  private static float[] floats(Path file, String tensor) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      FloatBuffer buffer = opened.map(tensor).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private static Path unet(Path model) throws IOException {
    try (Stream<Path> files = Files.list(model.resolve("unet"))) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).findFirst().orElseThrow();
    }
  }

  private static void assertShifted(Path merged, String tensor, Path adapter, String key, float strength)
      throws IOException {
    float[] before = floats(unet(BASE), tensor);
    float[] after = floats(unet(merged), tensor);
    float[] difference = floats(adapter, key);
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).as(tensor).isCloseTo(before[i] + strength * difference[i], offset(1e-5f));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "loha|" + LOHA + ";alpha=2|true",
    "lokr|lokr_w1 4,4;lokr_w2 4,4;alpha=4|true",
    "ia3|weight 16;on_input=0|true",
    "glora|a1.weight 16,2;a2.weight 2,16;b1.weight 16,2;b2.weight 2,16;alpha=2|true",
    "oft|oft_blocks 4,4,4;alpha=0|true",
    "boft|oft_blocks 3,4,4,4;alpha=0|true",
    "dora|lora_down.weight 2,16;lora_up.weight 16,2;dora_scale 16,1;alpha=2|true",
    "full|diff 16,16|false"
  })
  void everyMethodIsReadConvertedMixedAndMerged(String method, String tensors, boolean needsBase) throws IOException {
    Path file = file(method + ".safetensors", layer(QUERY, tensors));
    run("inspect", "--json", file, "--against", BASE);
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/method").asText()).contains(method);
    assertThat(new ObjectMapper().readTree(kasane.out()).at("/against/matched")).hasSize(1);

    Path again = at("again.safetensors");
    succeeds("convert", file, again, "--to", "kohya", "--base", BASE);
    int count = tensors.split(";").length;
    assertThat(kasane.err()).containsPattern("Read again: (\\d+) of \\1 tensors are the same bit for bit");
    try (SafetensorsFile opened = SafetensorsFile.open(again)) {
      assertThat(opened.tensors().size()).isBetween(count - 1, count + 1);
    }

    Path mixed = at("mixed.safetensors");
    succeeds("mix", file, "--method", "svd", "--rank", "4", "--base", BASE, "--out", mixed);
    assertThat(kasane.out()).contains("passed");
    int code = run("mix", file, "--method", "svd", "--rank", "4", "--out", at("x.safetensors"));
    assertThat(code).as(kasane.err()).isEqualTo(needsBase ? 1 : 0);
    assertThat(kasane.err().contains("--base")).isEqualTo(needsBase);
    assertThat(run("mix", file, "--method", "cat", "--base", BASE, "--out", at("z.safetensors"))).isEqualTo(1);
    assertThat(kasane.err()).contains("svd");
    assertThat(at("z.safetensors")).doesNotExist();

    succeeds("merge", "--base", BASE, "--adapter", file + ":0.5", "--out", at("merged"));
    assertThat(kasane.out()).contains("1 layers changed", "passed");
    assertThat(floats(unet(at("merged")), QUERY + ".weight")).isNotEqualTo(floats(unet(BASE), QUERY + ".weight"));
  }

  @Test
  void biasesAndNormsAreMergedAndNeverLost() throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>(layer(OUT, "diff 16,16;diff_b 16"));
    tensors.addAll(layer(NORM, "w_norm 16;b_norm 16"));
    Path file = file("full.safetensors", tensors);
    String out = "lora_unet_" + OUT.replace('.', '_');
    String norm = "lora_unet_" + NORM.replace('.', '_');

    succeeds("convert", file, at("again.safetensors"), "--to", "kohya", "--base", BASE);
    assertThat(kasane.err()).contains("4 of 4 tensors are the same bit for bit");
    succeeds("merge", "--base", BASE, "--adapter", file + ":0.5", "--out", at("merged"));
    assertThat(kasane.out()).contains("2 layers changed", "passed");
    assertShifted(at("merged"), OUT + ".weight", file, out + ".diff", 0.5f);
    assertShifted(at("merged"), OUT + ".bias", file, out + ".diff_b", 0.5f);
    assertShifted(at("merged"), NORM + ".weight", file, norm + ".w_norm", 0.5f);
    assertShifted(at("merged"), NORM + ".bias", file, norm + ".b_norm", 0.5f);

    assertThat(run("mix", file, "--method", "svd", "--rank", "2", "--base", BASE, "--out", at("x"))).isEqualTo(1);
    assertThat(kasane.err()).contains("full.safetensors changes the bias of layer unet." + OUT, "kasane merge");
    assertThat(run("resize", file, "--rank", "2", "--base", BASE, "--out", at("x"))).isEqualTo(1);
    assertThat(kasane.err()).contains("no plain LoRA");
    assertThat(at("x")).doesNotExist();
  }
}
