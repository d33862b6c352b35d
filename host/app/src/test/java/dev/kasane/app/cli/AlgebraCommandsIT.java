package dev.kasane.app.cli;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.algebra.AdapterReader;
import dev.kasane.app.algebra.Bases;
import dev.kasane.app.algebra.ReadAdapter;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixMethod;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole commands on tiny files, with the plugins of the distribution, which exist only after packaging. */
class AlgebraCommandsIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final String PLUGINS = ROOT.resolve("host/app/target/kasane/plugins").toString();
  private static final Path GOLDEN = ROOT.resolve("unet-attention/src/test/resources/golden");
  private static final Path BASE = GOLDEN.resolve("sd1-tiny");
  private static final Path A = ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");

  private static NDManager scope;
  private static PluginHost plugins;
  private static CheckpointLayers base;

  @TempDir
  private Path folder;

  private final CommandHarness kasane = new CommandHarness();

  @BeforeAll
  static void open() {
    scope = Engines.newManager();
    plugins = PluginHost.start(new PluginLocations(List.of(Path.of(PLUGINS))));
    base = Bases.open(BASE);
  }

  @AfterAll
  static void close() {
    base.close();
    plugins.close();
    scope.close();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--plugins-dir", PLUGINS));
    return kasane.run(all.toArray(String[]::new));
  }

  private void succeeds(String... arguments) {
    assertThat(run(arguments)).as(kasane.err()).isZero();
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  /** Resized, so that another adapter of the same layers is there to mix with. */
  private Path second() {
    Path b = at("b.safetensors");
    succeeds("resize", A.toString(), "--out", b.toString(), "--rank", "1", "--base", BASE.toString());
    return b;
  }

  private static ReadAdapter read(Path file) {
    return new AdapterReader(plugins.formats(), plugins.methods(), Optional.of(base), false)
        .read(new AdapterReference(file, 1), scope);
  }

  private static NDArray delta(Path file, String component, String path) {
    return read(file).model().components().get(component).stream().filter(each -> each.path().equals(path))
        .findFirst().map(module -> new DeltaSource(plugins.methods(), base).delta(component, module, 1, scope))
        .orElseThrow();
  }

  private static double error(NDArray found, NDArray expected) {
    return found.sub(expected).norm().toFloatArray()[0] / expected.norm().toFloatArray()[0];
  }

  private static Map<String, String> metadata(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return opened.metadata();
    }
  }

  private static final String QUERY = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q";

  /** Its names are those of version 1, its sizes are not; for plain LoRA neither matters. */
  @Test
  void adaptersOfSmallModelsNeedNoBase() throws IOException {
    Path b = at("b.safetensors");
    Path out = at("mix.safetensors");
    succeeds("resize", A.toString(), "--out", b.toString(), "--rank", "1");
    succeeds("mix", A + ":0.5", b + ":2", "--out", out.toString(), "--dtype", "float32");
    NDArray sum = delta(A, "unet", QUERY).mul(0.5).add(delta(b, "unet", QUERY).mul(2));
    assertThat(error(delta(out, "unet", QUERY), sum)).isLessThan(1e-6);
  }

  @Test
  void refusalsNameTheOptionAndLeaveNothingBehind() throws IOException {
    String out = at("none/x.safetensors").toString();
    assertThat(run("mix", A.toString(), "--out", out, "--base", BASE.toString())).isEqualTo(1);
    assertThat(kasane.err()).contains("--out", "there is no folder").doesNotContain("Exception");
    assertThat(run("mix", A.toString(), "--out", at("x").toString(), "--base", BASE.toString(), "--block-weight",
        "2:unet=0.5")).isEqualTo(1);
    assertThat(kasane.err()).contains("--block-weight 2:unet=0.5 is for adapter 2, but only 1 named");
    for (String kind : List.of("empty", "truncated", "pickle-payload", "nan")) {
      Path bad = BadFiles.write(kind, Files.createDirectories(at("bad")));
      for (String command : List.of("merge", "unmerge")) {
        assertThat(run(command, "--base", BASE.toString(), "--adapter", bad.toString(), "--out",
            at("model").toString())).as(kind).isEqualTo(1);
      }
      assertThat(run("resize", bad.toString(), "--rank", "1", "--out", at("x").toString(), "--base",
          BASE.toString())).as(kind).isEqualTo(1);
    }
    assertThat(kasane.err()).doesNotContain("internal error", "\tat ");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(at("bad"));
    }
  }

  /** One folder for each part of the model, as PEFT writes them. */
  @Test
  void foldersMixAsTheFilesDoThatTheyWereMadeOf() throws IOException {
    Path parts = at("parts");
    Path out = at("mix.safetensors");
    succeeds("convert", A.toString(), parts.toString(), "--to", "peft", "--base", BASE.toString());
    assertThat(parts.resolve("unet")).isDirectory();
    succeeds("mix", parts + ":0.5", A + ":0.25", "--out", out.toString(), "--to", "kohya", "--dtype", "float32",
        "--base", BASE.toString());
    assertThat(error(delta(out, "unet", QUERY), delta(A, "unet", QUERY).mul(0.75))).isLessThan(1e-6);
    assertThat(run("mix", folder.toString(), "--out", at("x").toString())).isEqualTo(1);
    assertThat(kasane.err()).contains("adapter_model.safetensors").doesNotContain("internal error");
  }

  @Test
  void catIsTheWeightedSumAndSaysWhereItCameFrom() throws IOException {
    Path b = second();
    Path out = at("mix.safetensors");
    succeeds("mix", A + ":0.5", b + ":-2", "--out", out.toString(), "--base", BASE.toString(), "--dtype", "float32",
        "--block-weight", "2:text_encoder=0");
    NDArray sum = delta(A, "unet", QUERY).mul(0.5).sub(delta(b, "unet", QUERY).mul(2));
    assertThat(error(delta(out, "unet", QUERY), sum)).isLessThan(1e-6);
    String text = "text_model.encoder.layers.0.mlp.fc1";
    assertThat(error(delta(out, "text_encoder", text), delta(A, "text_encoder", text).mul(0.5))).isLessThan(1e-6);
    assertThat(metadata(out)).containsEntry("modelspec.merged_from", "sd1-tiny-kohya,b");
    assertThat(metadata(out).get("kasane.verification")).contains("weighted sum", "passed");
    assertThat(metadata(out).get("kasane.parents")).contains("autov2", "sshs_model_hash", "-2.0");
    assertThat(kasane.out()).contains("self-test: update equals the weighted sum", out.toString());
  }

  @Test
  void anAdapterAloneAtWeightOneKeepsEveryBit() throws IOException {
    Path out = at("same.safetensors");
    succeeds("mix", A.toString(), "--out", out.toString(), "--base", BASE.toString());
    try (SafetensorsFile before = SafetensorsFile.open(A); SafetensorsFile after = SafetensorsFile.open(out)) {
      assertThat(after.tensors().keySet()).containsAll(before.tensors().keySet().stream()
          .filter(key -> key.endsWith("lora_down.weight")).toList());
      for (String key : before.tensors().keySet().stream().filter(key -> !key.endsWith(".alpha")).toList()) {
        assertThat(after.map(key)).as(key).isEqualTo(before.map(key));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"svd", "ties-svd", "dare-linear-svd", "dare-ties-svd", "magnitude-prune-svd"})
  void mixesUpdatesOfDifferentRanks(String method) {
    Path out = at("mix.safetensors");
    succeeds("mix", A.toString(), second().toString(), "--method", method, "--rank", "3", "--out", out.toString(),
        "--base", BASE.toString());
    assertThat(read(out).model().components().get("unet").get(0).tensors().get("lora_down.weight").getShape().get(0))
        .isEqualTo(3);
  }

  /** They come along unchanged, by whichever method and type the layers are mixed. */
  @ParameterizedTest
  @EnumSource(MixMethod.class)
  void learnedWordsComeAlong(MixMethod method) throws IOException {
    Path worded = BadFiles.worded(at("worded.safetensors"));
    Path out = at("mix.safetensors");
    succeeds("mix", worded.toString(), worded + ":0.5", "--method", method.toString(), "--out", out.toString());
    try (SafetensorsFile before = SafetensorsFile.open(worded); SafetensorsFile after = SafetensorsFile.open(out)) {
      assertThat(after.map(BadFiles.WORD)).isEqualTo(before.map(BadFiles.WORD));
    }
    Path small = at("small.safetensors");
    succeeds("resize", worded.toString(), "--rank", "1", "--out", small.toString());
    try (SafetensorsFile before = SafetensorsFile.open(worded); SafetensorsFile after = SafetensorsFile.open(small)) {
      assertThat(after.map(BadFiles.WORD)).isEqualTo(before.map(BadFiles.WORD));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.app.cli.MisshapenFiles#all")
  void misshapenFilesAreNeitherMixedNorResizedNorMerged(MisshapenFiles kind) throws IOException {
    Path bad = kind.write(folder);
    String out = at("out.safetensors").toString();
    assertThat(run("mix", bad.toString(), "--method", "svd", "--rank", "1", "--out", out)).isEqualTo(1);
    assertThat(run("resize", bad.toString(), "--rank", "1", "--out", out)).isEqualTo(1);
    assertThat(run("merge", "--base", BASE.toString(), "--adapter", bad.toString(), "--out", at("m").toString()))
        .isEqualTo(1);
    assertThat(kasane.err()).contains(bad.toString()).doesNotContain("internal error");
    assertThat(folder).isDirectoryNotContaining("glob:**/{out.safetensors,m}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "ties", "dare-linear", "dare-ties", "magnitude-prune"})
  void methodsOnFactorsNeedOneRank(String method) {
    Path b = second();
    assertThat(run("mix", A.toString(), b.toString(), "--method", method, "--out", at("x").toString(), "--base",
        BASE.toString())).isEqualTo(1);
    assertThat(kasane.err()).contains(A.toString(), b.toString(), "rank");
    assertThat(at("x")).doesNotExist();
    succeeds("mix", A.toString(), A + ":0.3", "--method", method, "--out", at("y.safetensors").toString(), "--base",
        BASE.toString());
    assertThat(kasane.out()).contains("one adapter at weight 1 stays what it is");
  }

  @Test
  void dareRepeatsItselfFromASeed() throws IOException {
    for (String name : List.of("one", "two", "other")) {
      succeeds("mix", A.toString(), A + ":0.3", "--method", "dare-linear", "--out", at(name).toString(), "--base",
          BASE.toString(), "--seed", name.equals("other") ? "8" : "7");
    }
    NDArray one = delta(at("one"), "unet", QUERY);
    assertThat(delta(at("two"), "unet", QUERY).toFloatArray()).isEqualTo(one.toFloatArray());
    assertThat(delta(at("other"), "unet", QUERY).toFloatArray()).isNotEqualTo(one.toFloatArray());
  }

  @Test
  void resizingToADynamicRankSaysWhatIsLost() throws IOException {
    Path out = at("small.safetensors");
    succeeds("resize", A.toString(), "--out", out.toString(), "--sv-fro", "0.8", "--rank", "4", "--base",
        BASE.toString());
    assertThat(kasane.out()).contains("norm is lost", "cut off: error").containsPattern("rank 2-4 to 2-\\d");
    assertThat(metadata(out)).containsEntry("ss_network_dim", "Dynamic")
        .containsEntry("kasane.operation", "resize to sv_fro 0.8, ranks 1 to 4");
    assertThat(run("resize", A.toString(), "--out", out.toString(), "--base", BASE.toString())).isEqualTo(2);
    assertThat(run("resize", A.toString(), "--out", out.toString(), "--rank", "2", "--base", BASE.toString()))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("--overwrite");
  }

  @Test
  void mergesIntoAFolderWithoutTouchingTheRest() throws IOException {
    Path out = at("merged");
    succeeds("merge", "--base", BASE.toString(), "--adapter", A + ":0.7", "--out", out.toString());
    assertThat(kasane.out()).contains("215 layers changed", "merged output equals attached output", "passed");
    try (CheckpointLayers merged = Bases.open(out)) {
      for (String path : List.of(QUERY, "down_blocks.0.resnets.0.conv1")) {
        NDArray expected = base.weight("unet", path, scope).orElseThrow().add(delta(A, "unet", path).mul(0.7));
        assertThat(error(merged.weight("unet", path, scope).orElseThrow(), expected)).isLessThan(1e-6);
      }
    }
    try (Stream<Path> files = Files.walk(BASE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = BASE.relativize(file).toString();
        boolean same = Files.mismatch(file, out.resolve(name)) < 0;
        assertThat(same).as(name).isEqualTo(!name.matches("(unet|text_encoder)/.*safetensors"));
      }
    }
    assertThat(run("merge", "--base", BASE.toString(), "--adapter", A.toString(), "--out", out.toString()))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("exists");
  }

  /** All layouts hold the same model, so what is merged into them must be the same too. */
  @ParameterizedTest
  @ValueSource(strings = {"sd1-tiny-original.safetensors", "sd1-tiny-original.ckpt", "sd1-tiny-fp16"})
  void mergesIntoEveryLayout(String layout) throws IOException {
    Path out = at(layout.endsWith("16") ? "merged" : "merged.safetensors");
    succeeds("merge", "--base", GOLDEN.resolve(layout).toString(), "--adapter", A.toString(), "--out",
        out.toString());
    try (CheckpointLayers merged = Bases.open(out); CheckpointLayers before = Bases.open(GOLDEN.resolve(layout))) {
      for (String path : List.of(QUERY, "down_blocks.0.resnets.0.conv1")) {
        NDArray old = OPS.cast(before.weight("unet", path, scope).orElseThrow(), DataType.FLOAT32);
        NDArray delta = delta(A, "unet", path);
        NDArray found = OPS.cast(merged.weight("unet", path, scope).orElseThrow(), DataType.FLOAT32);
        assertThat(error(found, old.add(delta.reshape(old.getShape())))).isLessThan(1e-3);
      }
    }
  }

  @Test
  void unmergingBringsTheBaseBackToWithinRounding() {
    Path original = GOLDEN.resolve("sd1-tiny");
    succeeds("merge", "--base", original.toString(), "--adapter", A.toString(), "--out", at("m").toString());
    succeeds("unmerge", "--base", at("m").toString(), "--adapter", A.toString(), "--out", at("back").toString());
    try (CheckpointLayers back = Bases.open(at("back"))) {
      NDArray found = back.weight("unet", QUERY, scope).orElseThrow();
      assertThat(error(found, base.weight("unet", QUERY, scope).orElseThrow())).isLessThan(1e-6);
    }
  }

  @Test
  void extractsWhatWasMerged() throws IOException {
    succeeds("merge", "--base", BASE.toString(), "--adapter", A.toString(), "--out", at("m").toString());
    Path out = at("extracted.safetensors");
    succeeds("extract", "--base", BASE.toString(), "--tuned", at("m").toString(), "--out", out.toString(), "--rank",
        "6");
    assertThat(error(delta(out, "unet", QUERY), delta(A, "unet", QUERY))).isLessThan(1e-4);
    assertThat(kasane.out()).contains("without a difference");
    assertThat(metadata(out).get("kasane.parents")).contains("\"role\":\"base\"");
    Path some = at("some.safetensors");
    succeeds("extract", "--base", BASE.toString(), "--tuned", at("m").toString(), "--out", some.toString(),
        "--energy", "0.9", "--only", "attn1,text_encoder");
    assertThat(read(some).model().components().get("unet")).allMatch(module -> module.path().contains("attn1"));
    assertThat(run("extract", "--base", BASE.toString(), "--tuned", BASE.toString(), "--out", out.toString(),
        "--overwrite", "--rank", "2")).isEqualTo(1);
    assertThat(kasane.err()).contains("nothing to extract");
  }

  @Test
  void refusesAnAdapterOfAnotherBase() {
    assertThat(run("merge", "--base", GOLDEN.resolve("sd2-tiny").toString(), "--adapter", A.toString(), "--out",
        at("x").toString())).isEqualTo(1);
    assertThat(kasane.err()).contains(A.toString(), "sd2-tiny");
    assertThat(at("x")).doesNotExist();
    assertThat(run("mix", at("none").toString(), "--out", at("x").toString())).isEqualTo(1);
    assertThat(run("mix", A.toString(), "--method", "blend", "--out", at("x").toString())).isEqualTo(2);
  }
}
