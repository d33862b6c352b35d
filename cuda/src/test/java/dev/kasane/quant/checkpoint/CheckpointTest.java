package dev.kasane.quant.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.SeededInputs;
import dev.kasane.quant.format.FormatGoldenTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that bitsandbytes has written, ours that it reads, and damaged ones. */
class CheckpointTest {
  private final NDManager scope = Engines.newManager();

  @TempDir
  private Path folder;
  private Path serialised;

  @BeforeEach
  void copy() throws IOException {
    serialised = folder.resolve("serialised.safetensors");
    try (var in = CheckpointTest.class.getResourceAsStream("/dev/kasane/quant/serialised.safetensors")) {
      Files.copy(in, serialised);
    }
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private BitsandbytesSource open(Path file) {
    return BitsandbytesSource.of(TensorSources.open(file));
  }

  /** What transformers makes of them: src/test/reference/conv1d.py; GPT-2's relatives have layers of the same names. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "openai-gpt", "imagegpt", "decision_transformer"})
  void matricesThatLieTransposedAreTurnedAsTransformersDoes(String kind) throws Exception {
    Path out = folder.resolve("out");
    Path model = Files.createDirectories(folder.resolve(kind));
    Path gpt2 = Path.of("../text-lm/src/test/resources/golden/gpt2");
    Files.copy(gpt2.resolve("model.safetensors"), model.resolve("model.safetensors"));
    String config = Files.readString(gpt2.resolve("config.json"))
        .replaceFirst("\"model_type\"\\s*:\\s*\"gpt2\"", "\"model_type\": \"" + kind + "\"");
    assertThat(config).contains("\"model_type\": \"" + kind + "\"");
    Files.writeString(model.resolve("config.json"), config);
    new ModelQuantisation(new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, false), List.of("h.1.mlp.c_fc"),
        names -> "")
        .run(model, out, name -> { });
    try (SafetensorsFile file = SafetensorsFile.open(out.resolve("model.safetensors"))) {
      for (String line : FormatGoldenTest.lines("conv1d.tsv")) {
        String[] cells = line.split("\t");
        if (cells[0].contains("h.1.mlp.c_fc")) {
          assertThat(file.tensors().get(cells[0]).shape()).as("left as it lay").containsExactly(32, 128);
        } else {
          assertThat(sha256(file, cells[0])).as(cells[0]).isEqualTo(cells[1]);
          assertThat(sha256(file, cells[0] + ".absmax")).as(cells[0]).isEqualTo(cells[2]);
        }
      }
    }
  }

  private static String sha256(SafetensorsFile file, String name) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(file.map(name));
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void aQuantisedTensorAppearsOnceAndDense() {
    try (BitsandbytesSource source = open(serialised)) {
      assertThat(source.isQuantised()).isTrue();
      assertThat(source.names()).containsExactlyInAnyOrder("a.weight", "b.weight", "c.weight", "d.weight",
          "norm.weight");
      assertThat(source.shape("b.weight")).isEqualTo(new Shape(24, 64));
      assertThat(source.dtype("b.weight")).isEqualTo(DType.BF16);
      assertThat(source.dtype("c.weight")).isEqualTo(DType.F16);
      assertThat(source.quantised("norm.weight", DataType.FLOAT32, scope)).isEmpty();
      assertThat(source.read("norm.weight", scope).toFloatArray()).containsOnly(1f);
    }
  }

  @Test
  void codesAndScalesAreWhatWeQuantiseTo() {
    Map<String, QuantisationSettings> how = Map.of(
        "a", new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, false),
        "b", new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, true),
        "c", new QuantisationSettings(QuantisationSettings.Kind.FP4, 64, false),
        "d", new QuantisationSettings(QuantisationSettings.Kind.INT8, 64, false));
    try (BitsandbytesSource source = open(serialised)) {
      how.forEach((layer, settings) -> {
        NDArray input = scope.create(SeededInputs.values(100 + layer.charAt(0) - 'a', 24 * 64), new Shape(24, 64));
        NDArray theirs = source.read(layer + ".weight", scope);
        NDArray dense = OPS.castLike(input, theirs);
        NDArray ours = Quantizer.quantise(layer, dense, settings, scope).materialise(scope);
        assertThat(floats(theirs)).as(layer).containsExactly(floats(ours));
      });
    }
  }

  private static float[] floats(NDArray array) {
    return OPS.cast(array, DataType.FLOAT32).toFloatArray();
  }

  /** Linear layers, as the checkpoint has. */
  private static final class Layers extends Module {
    Layers(String... names) {
      for (String name : names) {
        child(name, new Linear(64, 24, false));
      }
    }
  }

  @Test
  void aModelLoadsItsLayersQuantised() {
    Layers model = new Layers("a", "d");
    Path file = folder.resolve("two.safetensors");
    rewrite(file, tensors -> tensors.stream()
        .filter(each -> each.name().startsWith("a.") || each.name().startsWith("d.")).toList());
    try (BitsandbytesSource source = open(file)) {
      WeightLoader.load(model, source, ElementType.FLOAT32, scope);
    }
    assertThat(model.adaptableLayers().get("a").weight().storage()).isEqualTo("nf4");
    assertThat(model.adaptableLayers().get("d").weight()).isInstanceOf(Int8Weight.class);
    NDArray x = scope.ones(new Shape(3, 64));
    assertThat(model.adaptableLayers().get("a").forward(x).getShape()).isEqualTo(new Shape(3, 24));
  }

  private static void dense(Path file, String... names) {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (String name : names) {
      tensors.add(TensorDeclaration.ofFloats(name, DType.F32, new long[] {24, 64}, SeededInputs.values(9, 24 * 64)));
    }
    write(file, tensors);
  }

  private static void write(Path file, List<TensorDeclaration> tensors) {
    SafetensorsWriter.write(file, tensors, Map.of());
  }

  /** Of a file of several parts, the family says which one. */
  @Test
  void theOtherPartsOfAFileStayDense() {
    Path file = folder.resolve("parts.safetensors");
    dense(file, "main.layer.weight", "other.layer.weight");
    List<String> told = new ArrayList<>();
    new ModelQuantisation(new QuantisationSettings(QuantisationSettings.Kind.INT8, 64, false), List.of(),
        names -> names.contains("main.layer.weight") ? "main." : "")
        .run(file, folder.resolve("made.safetensors"), told::add);
    assertThat(told).containsOnly("main.layer.weight");
  }

  @Test
  void writtenFilesReadBackTheSame() {
    Path file = folder.resolve("dense.safetensors");
    dense(file, "layer.weight", "embed_tokens.weight", "lm_head.weight", "skipped.down.weight");
    for (QuantisationSettings.Kind kind : QuantisationSettings.Kind.values()) {
      boolean nested = kind == QuantisationSettings.Kind.NF4;
      QuantisationSettings settings = new QuantisationSettings(kind, 128, nested);
      Path out = folder.resolve(kind.id() + ".safetensors");
      List<String> told = new ArrayList<>();
      QuantisedFile.Summary summary =
          new ModelQuantisation(settings, List.of("skipped.down"), names -> "").run(file, out, told::add);
      assertThat(told).containsOnly("layer.weight");
      assertThat(summary.tensors()).isEqualTo(1);
      assertThat(summary.parameters()).isEqualTo(4 * 24 * 64);
      try (BitsandbytesSource source = open(out)) {
        NDArray dense = scope.create(SeededInputs.values(9, 24 * 64), new Shape(24, 64));
        float[] expected = Quantizer.quantise("layer", dense, settings, scope).materialise(scope).toFloatArray();
        assertThat(source.quantised("layer.weight", DataType.FLOAT32, scope).orElseThrow().materialise(scope)
            .toFloatArray()).containsExactly(expected);
        assertThat(source.read("lm_head.weight", scope).toFloatArray()).containsExactly(dense.toFloatArray());
      }
    }
  }

  @Test
  void aFolderGetsItsConfigurationAndKeepsItsOtherFiles() throws IOException {
    Path base = Files.createDirectories(folder.resolve("base"));
    dense(base.resolve("model.safetensors"), "model.layers.0.q_proj.weight", "lm_head.weight");
    Files.writeString(base.resolve("config.json"), "{\"model_type\": \"llama\", \"torch_dtype\": \"bfloat16\"}");
    Files.writeString(base.resolve("tokenizer.json"), "{}");
    Path out = folder.resolve("out");
    run(base, out);
    assertThat(Files.readString(out.resolve("config.json"))).contains("\"quant_method\" : \"bitsandbytes\"",
        "\"load_in_4bit\" : true", "\"bnb_4bit_quant_type\" : \"nf4\"", "\"bnb_4bit_compute_dtype\" : \"bfloat16\"");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("config.json", "model.safetensors", "tokenizer.json");
    }
    assertThatThrownBy(() -> run(base, out)).isInstanceOf(UserException.class).hasMessageContaining("exists");
    assertThatThrownBy(() -> run(out, folder.resolve("again"))).isInstanceOf(UserException.class)
        .hasMessageContaining("quantised already");
  }

  @Test
  void aPipelinesUnetIsQuantisedAndItsRestCopied() throws IOException {
    Path unet = Files.createDirectories(folder.resolve("pipe/unet"));
    Path vae = Files.createDirectories(folder.resolve("pipe/vae"));
    Files.writeString(folder.resolve("pipe/model_index.json"), "{}");
    Files.writeString(unet.resolve("config.json"), "{\"_class_name\": \"UNet2DConditionModel\"}");
    dense(unet.resolve("diffusion_pytorch_model.safetensors"), "mid.to_q.weight");
    dense(vae.resolve("diffusion_pytorch_model.safetensors"), "encoder.weight");
    Path out = folder.resolve("out");
    run(folder.resolve("pipe"), out);
    try (BitsandbytesSource quantised = open(out.resolve("unet/diffusion_pytorch_model.safetensors"))) {
      assertThat(quantised.isQuantised()).isTrue();
    }
    assertThat(out.resolve("vae/diffusion_pytorch_model.safetensors"))
        .hasSameBinaryContentAs(vae.resolve("diffusion_pytorch_model.safetensors"));
  }

  private static void run(Path base, Path out) {
    new ModelQuantisation(new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, true), List.of(), names -> "")
        .run(base, out, name -> { });
  }

  @Test
  void nothingIsLeftBehindWhenAWeightIsNotANumber() {
    Path file = folder.resolve("bad.safetensors");
    float[] values = SeededInputs.values(9, 24 * 64);
    values[100] = Float.NaN;
    write(file, List.of(TensorDeclaration.ofFloats("up.weight", DType.F32, new long[] {24, 64}, values)));
    Path out = folder.resolve("out.safetensors");
    assertThatThrownBy(() -> run(file, out)).isInstanceOf(UserException.class)
        .hasMessageContaining("up.weight").hasMessageContaining("Number 100 is NaN");
    assertThat(out).doesNotExist();
  }

  /** Writes the golden file with its declarations changed. */
  private void rewrite(Path target, UnaryOperator<List<TensorDeclaration>> change) {
    try (SafetensorsFile file = SafetensorsFile.open(serialised)) {
      List<TensorDeclaration> tensors = new ArrayList<>();
      for (var entry : file.tensors().entrySet()) {
        ByteBuffer bytes = file.map(entry.getKey());
        tensors.add(new TensorDeclaration(entry.getKey(), entry.getValue().dtype(), entry.getValue().shape(),
            TensorBytes.ofBuffer(() -> bytes)));
      }
      SafetensorsWriter.write(target, change.apply(tensors), Map.of());
    }
  }

  private void expectRefusal(String tensor, TensorDeclaration replacement, String... words) {
    Path bad = folder.resolve("bad.safetensors");
    rewrite(bad, tensors -> {
      List<TensorDeclaration> changed = new ArrayList<>(tensors);
      changed.removeIf(each -> each.name().equals(tensor));
      if (replacement != null) {
        changed.add(replacement);
      }
      return changed;
    });
    assertThatThrownBy(() -> {
      try (BitsandbytesSource source = open(bad)) {
        source.names().forEach(name -> source.quantised(name, DataType.FLOAT32, scope));
      }
    }).isInstanceOf(UserException.class).hasMessageContainingAll(words);
  }

  private static TensorDeclaration bytes(String name, int count) {
    return new TensorDeclaration(name, DType.U8, new long[] {count}, TensorBytes.ofBuffer(
        () -> ByteBuffer.allocate(count)));
  }

  private static TensorDeclaration state(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return new TensorDeclaration("a.weight.quant_state.bitsandbytes__nf4", DType.U8, new long[] {text.length},
        TensorBytes.ofBuffer(() -> ByteBuffer.wrap(text)));
  }

  private static TensorDeclaration floats(String name, float... values) {
    return TensorDeclaration.ofFloats(name, DType.F32, new long[] {values.length}, values);
  }

  @Test
  void damageIsNamed() {
    String stateName = "a.weight.quant_state.bitsandbytes__nf4";
    expectRefusal("a.weight", bytes("a.weight", 700), "bad.safetensors", "'a.weight'", "768 bytes of codes");
    expectRefusal("a.weight", null, "lacks 'a.weight'");
    expectRefusal("a.weight.absmax", floats("a.weight.absmax", 1, 2, 3), "a.weight.absmax", "24 scales");
    expectRefusal("a.weight.absmax", null, "lacks 'a.weight.absmax'");
    expectRefusal("b.weight.nested_absmax", null, "lacks 'b.weight.nested_absmax'");
    expectRefusal("b.weight.absmax", bytes("b.weight.absmax", 3), "b.weight.absmax", "24 scales");
    float[] scales = new float[24];
    scales[5] = Float.NaN;
    expectRefusal("a.weight.absmax", floats("a.weight.absmax", scales), "a.weight.absmax", "NaN at 5");
    expectRefusal("a.weight.quant_map", floats("a.weight.quant_map", new float[16]), "code 0", "-1.0");
    expectRefusal("d.SCB", floats("d.SCB", 1, 2), "d.SCB", "24 scales");
    expectRefusal("d.weight_format", new TensorDeclaration("d.weight_format", DType.U8, new long[0],
        TensorBytes.ofBuffer(() -> ByteBuffer.wrap(new byte[] {2}))), "d.weight_format", "is 2");
    expectRefusal(stateName, null, "a.weight.quant_map", "quant_state");
    expectRefusal(stateName, bytes("a.weight.quant_state.bitsandbytes__xf5", 4), "xf5", "unknown kind");
    expectRefusal(stateName, bytes(stateName, 100_000), "65536 bytes");
    expectRefusal(stateName, state("{oops"), stateName, "no JSON");
    String good = "{\"quant_type\":\"nf4\",\"blocksize\":64,\"dtype\":\"float32\",\"shape\":[24,64]}";
    expectRefusal(stateName, state(good.replace("64,", "65,")), stateName, "block size of 65");
    expectRefusal(stateName, state(good.replace("nf4", "nf7")), "nf7");
    expectRefusal(stateName, state(good.replace("nf4", "fp4")), "against its own name");
    expectRefusal(stateName, state(good.replace("float32", "int3")), "int3");
    expectRefusal(stateName, state(good.replace("24,64", "-24,64")), "shape");
    expectRefusal(stateName, state(good.replace("24,64", "65536,65536")), "at most");
    expectRefusal(stateName, state(good.replace("24,64", "32768,32768")), "2 GiB");
    expectRefusal(stateName, state(good.replace("\"blocksize\":64,", "")), "lacks 'blocksize'");
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(serialised);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 9));
    assertThatThrownBy(() -> open(cut)).isInstanceOf(UserException.class).hasMessageContaining("cut.safetensors");
  }
}
