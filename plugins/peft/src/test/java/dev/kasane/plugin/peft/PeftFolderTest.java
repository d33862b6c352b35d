package dev.kasane.plugin.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeftFolderTest {
  private static final Map<String, Collection<String>> BASE =
      Map.of("model", List.of("model.layers.0.q", "model.layers.1.q", "model.layers.1.k", "score"));
  private final NDManager scope = Engines.newManager();
  private final PeftFormat format = new PeftFormat();
  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
  }

  private void config(String json) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), json.replace('\'', '"'));
  }

  private void plainConfig() throws IOException {
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'target_modules': ['q', 'k']}");
  }

  private void tensors(String... keys) throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      float[] values = new float[4];
      Arrays.fill(values, i + 1);
      tensors.add(TensorDeclaration.ofFloats(keys[i], DType.F32, new long[] {2, 2}, values));
    }
    SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), tensors, Map.of());
  }

  private AdapterModel read() throws IOException {
    return format.read(folder, BASE, scope);
  }

  @Test
  void namesInsideKeysAndMissingPrefixesAreUnderstood() throws IOException {
    plainConfig();
    tensors("base_model.model.model.layers.0.q.lora_A.default.weight",
        "base_model.model.model.layers.0.q.lora_B.default.weight",
        "model.layers.1.q.lora_A.weight", "model.layers.1.q.lora_B.weight",
        "base_model.model.score.modules_to_save.default.weight");
    AdapterModel model = read();
    assertThat(model.unmatched()).isEmpty();
    assertThat(model.components().get("model")).extracting(AdapterModule::path)
        .containsExactlyInAnyOrder("model.layers.0.q", "model.layers.1.q", "score");
    assertThat(model.components().get("model").get(0).constants()).isEqualTo(Map.of("alpha", 6.0));
  }

  @Test
  void keysOfOtherToolsAreToldOnce() throws IOException {
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'swift_version': '3.1', 'bad\\u001bname': 1}");
    tensors("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight");
    assertThat(read().notes()).containsExactly(
        "left out of account in adapter_config.json, as PEFT does: swift_version, bad\\u001bname");
  }

  @Test
  void startsThatWereTakenOffTheBaseStandBesideTheFactorsAndAreWrittenAgain() throws IOException {
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'init_lora_weights': 'PiSSA'}");
    tensors("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight");
    AdapterModel model = read();
    AdapterModule module = model.components().get("model").get(0);
    assertThat(module.constants()).isEqualTo(Map.of("alpha", 6.0, "pissa", 1.0));
    Path copy = folder.resolve("copy");
    format.write(model, copy, ElementType.FLOAT32);
    assertThat(ConfigFiles.read(copy.resolve("adapter_config.json")).start()).isEqualTo(AdapterStart.PISSA);
    AdapterModel plain = new AdapterModel(Map.of("model",
        List.of(new AdapterModule(module.path(), module.tensors(), Map.of("alpha", 6.0)))), List.of(), model.metadata());
    format.write(plain, folder.resolve("plain"), ElementType.FLOAT32);
    assertThat(ConfigFiles.read(folder.resolve("plain/adapter_config.json")).start()).isEqualTo(AdapterStart.PLAIN);
  }

  @Test
  void oloraOnTransposedLayersIsRefused() throws IOException {
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'init_lora_weights': 'olora', 'fan_in_fan_out': true}");
    tensors("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight");
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("olora", "model.layers.0.q", "kept as (in, out)", "weight_conversion");
  }

  @Test
  void emptyTensorsAreThoseOfZero3() throws IOException {
    plainConfig();
    SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), List.of(TensorDeclaration.ofFloats(
        "base_model.model.model.layers.0.q.lora_A.weight", DType.F32, new long[] {0}, new float[0])), Map.of());
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("1 of 1 tensors are empty", "ZeRO-3", "gathered");
  }

  @Test
  void flatFactorsAreShardsToo() throws IOException {
    plainConfig();
    SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), List.of(
        TensorDeclaration.ofFloats("base_model.model.model.layers.0.q.lora_A.weight", DType.F32, new long[] {3},
            new float[3]),
        TensorDeclaration.ofFloats("base_model.model.model.layers.0.q.lora_B.weight", DType.F32, new long[] {3},
            new float[3])), Map.of());
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("lora_down.weight of shape (3), which is no matrix", "ZeRO-3", "gathered");
  }

  @Test
  void writingOverAnAdapterInPartsLeavesNoneOfThem() throws IOException {
    plainConfig();
    tensors("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight");
    AdapterModel model = read();
    Path old = Files.createDirectories(folder.resolve("old"));
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors.index.json",
        "adapter_model-00001-of-00002.safetensors", "notes.txt")) {
      Files.writeString(old.resolve(name), "{}");
    }
    format.write(model, old, ElementType.FLOAT32);
    try (Stream<Path> files = Files.list(old)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors", "notes.txt");
    }
  }

  @Test
  void aFileNamedAloneFindsItsConfiguration() throws IOException {
    plainConfig();
    tensors("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight");
    assertThat(format.read(folder.resolve("adapter_model.safetensors"), BASE, scope).components())
        .containsOnlyKeys("model");
    Files.delete(folder.resolve("adapter_config.json"));
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class)
        .hasMessageContaining("adapter_config.json: is missing").hasMessageContaining("scale");
  }

  @Test
  void whatTheBaseLacksIsNamed() throws IOException {
    plainConfig();
    tensors("base_model.model.layers.0.q.lora_A.weight", "base_model.model.layers.0.q.lora_B.weight",
        "base_model.model.model.layers.1.q.lora_C.weight", "base_model.model.model.layers.9.q.lora_A.weight");
    List<String> reasons = read().unmatched().stream().map(each -> each.key() + ": " + each.reason()).toList();
    assertThat(reasons).hasSize(4)
        .anyMatch(each -> each.contains("the base calls this layer model.layers.0.q"))
        .anyMatch(each -> each.contains("lora_C") && each.contains("no parameter"))
        .anyMatch(each -> each.contains("layers.9") && each.contains("nearest is model.layers."));
  }

  @Test
  void aHeadForClassificationIsNamedAsOne() throws IOException {
    plainConfig();
    tensors("base_model.model.classifier.weight", "base_model.model.model.layers.0.q.lora_A.weight",
        "base_model.model.model.layers.0.q.lora_B.weight");
    assertThat(read().unmatched()).singleElement().satisfies(each ->
        assertThat(each.reason()).contains("classifier is the head of a classifying model"));
  }

  @Test
  void layersThatAreNotTargetedAreNamedForPeftLeavesThemOut() throws IOException {
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'target_modules': ['q']}");
    tensors("base_model.model.model.layers.1.k.lora_A.weight", "base_model.model.model.layers.1.k.lora_B.weight");
    assertThat(read().unmatched()).hasSize(2)
        .allSatisfy(each -> assertThat(each.reason()).contains("does not target"));
  }

  @Test
  void configurationAndTensorsMustAgree() throws IOException {
    String down = "base_model.model.model.layers.0.q.lora_A.weight";
    String up = "base_model.model.model.layers.0.q.lora_B.weight";
    tensors(down, up);
    config("{'peft_type': 'LORA', 'r': 3, 'lora_alpha': 6}");
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("rank 3")
        .hasMessageContaining("model.layers.0.q").hasMessageContaining("rank 2");
    config("{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 6, 'use_dora': true}");
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("use_dora");
    config("{'peft_type': 'LOHA', 'r': 2, 'alpha': 6}");
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("LOHA");
    plainConfig();
    tensors(down);
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("no complete set");
    tensors(down, up, "base_model.model.model.layers.0.q.lora_A.other.weight");
    assertThat(read().unmatched()).singleElement()
        .satisfies(each -> assertThat(each.reason()).contains("second time"));
  }

  @Test
  void damagedOrIncompleteFoldersAreRefused() throws IOException {
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("no PEFT adapter");
    plainConfig();
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("no tensors");
    Files.write(folder.resolve("adapter_model.safetensors"), new byte[] {1, 2});
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class)
        .hasMessageContaining("adapter_model.safetensors");
    Files.delete(folder.resolve("adapter_model.safetensors"));
    Files.write(folder.resolve("adapter_model.bin"), "cos\nsystem\n(S'true'\ntR.".getBytes());
    assertThatThrownBy(this::read).isInstanceOf(FileFault.class).hasMessageContaining("adapter_model.bin");
    Path parent = folder.resolve("parent");
    Files.createDirectories(parent.resolve("mine"));
    Files.createFile(parent.resolve("mine/adapter_config.json"));
    assertThatThrownBy(() -> format.read(parent, BASE, scope)).isInstanceOf(FileFault.class)
        .hasMessageContaining("mine");
  }

  private AdapterModule lora(String path, int rank, double alpha) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_down.weight", Ops.randomNormal(scope, new Shape(rank, 7)));
    tensors.put("lora_up.weight", Ops.randomNormal(scope, new Shape(5, rank)));
    return new AdapterModule(path, tensors, Map.of("alpha", alpha));
  }

  private ObjectNode written(AdapterModel model) throws IOException {
    format.write(model, folder.resolve("out"), ElementType.FLOAT32);
    return ConfigFiles.parse(Files.readString(folder.resolve("out/adapter_config.json")));
  }

  private static AdapterModel model(Map<String, String> metadata, AdapterModule... modules) {
    return new AdapterModel(Map.of("model", List.of(modules)), List.of(), metadata);
  }

  @Test
  void anotherAdaptersConfigurationIsNotReplaced() throws IOException {
    Path config = Files.writeString(folder.resolve("adapter_config.json"), "{}");
    AdapterModel model = model(Map.of(), lora("a.q", 2, 6));
    assertThatThrownBy(() -> format.write(model, folder.resolve("mine.safetensors"), ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContaining(config.toString()).hasMessageContaining("folder");
    assertThat(config).hasContent("{}");
    assertThat(folder.resolve("mine.safetensors")).doesNotExist();

    Files.delete(config);
    format.write(model, folder.resolve("mine.safetensors"), ElementType.FLOAT32);
    format.write(model, folder.resolve("mine.safetensors"), ElementType.FLOAT32);
    assertThat(config).isNotEmptyFile();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }

  @Test
  void anOldAdapterIsReplacedWholeAndOtherFilesStay() throws IOException {
    AdapterModule module = lora("a.q", 2, 6);
    format.write(new AdapterModel(Map.of("unet", List.of(module), "text_encoder", List.of(module)), List.of(),
        Map.of()), folder.resolve("out"), ElementType.FLOAT32);
    Files.writeString(folder.resolve("out/README.md"), "mine");
    Files.writeString(folder.resolve("out/unet/notes.txt"), "mine");

    written(model(Map.of(), module));

    assertThat(names()).containsExactly("out/README.md", "out/adapter_config.json", "out/adapter_model.safetensors",
        "out/unet/notes.txt");
    assertThat(folder.resolve("out/README.md")).hasContent("mine");
  }

  @Test
  void whatCannotBeWrittenLeavesTheOldAdapterAsItWas() throws IOException {
    written(model(Map.of(), lora("a.q", 2, 6)));
    byte[] before = Files.readAllBytes(folder.resolve("out/adapter_model.safetensors"));
    AdapterModule sound = lora("b.q", 2, 6);
    AdapterModule infinite = lora("c.q", 2, 6);
    infinite.tensors().values().forEach(tensor -> tensor.addi(Float.POSITIVE_INFINITY));

    assertThatThrownBy(() -> format.write(new AdapterModel(Map.of("text_encoder", List.of(sound), "unet",
        List.of(infinite)), List.of(), Map.of()), folder.resolve("out"), ElementType.FLOAT32)).isInstanceOf(UserException.class);

    assertThat(names()).containsExactly("out/adapter_config.json", "out/adapter_model.safetensors");
    assertThat(folder.resolve("out/adapter_model.safetensors")).hasBinaryContent(before);
  }

  @Test
  void ranksAndScalesThatDifferBecomePatterns() throws IOException {
    AdapterModel model = model(Map.of(), lora("a.q", 2, 6), lora("b.q", 2, 6), lora("c.a.q", 3, 6),
        lora("b.k", 2, 16 * Math.sqrt(8)));
    ObjectNode config = written(model);
    assertThat(config.get("r").intValue()).isEqualTo(2);
    assertThat(config.get("lora_alpha").intValue()).isEqualTo(6);
    LayerRules rules = new LayerRules(ConfigCheck.check(config));
    model.components().get("model").forEach(module -> {
      assertThat(rules.rank(module.path()))
          .isEqualTo((int) module.tensors().get("lora_down.weight").getShape().get(0));
      assertThat(rules.neutralAlpha(module.path())).isEqualTo(module.constants().get("alpha"));
      assertThat(rules.targets(module.path())).isTrue();
    });
    assertThat(rules.targets("c.k")).isFalse();
  }

  @Test
  void whatTheCallerSaysOfTheBaseIsKeptIfItIsTrue() throws IOException {
    ObjectNode config = written(model(Map.of("adapter_config.json", "{\"base_model_name_or_path\": \"tiny\","
        + " \"target_modules\": [\"q\"], \"task_type\": \"CAUSAL_LM\", \"r\": 4, \"lora_alpha\": 1}"),
        lora("a.q", 2, 6)));
    assertThat(config.get("base_model_name_or_path").textValue()).isEqualTo("tiny");
    assertThat(config.get("target_modules").toString()).isEqualTo("[\"q\"]");
    assertThat(config.get("r").intValue()).as("the tensors say otherwise").isEqualTo(2);
    assertThat(config.get("lora_alpha").intValue()).isEqualTo(6);
    assertThat(config.get("fan_in_fan_out").booleanValue()).isFalse();
    assertThat(written(model(Map.of(), lora("transformer.h.3.attn.c_attn", 2, 6))).get("fan_in_fan_out")
        .booleanValue()).isTrue();
    ObjectNode other = written(model(Map.of("adapter_config.json", "{\"target_modules\": [\"k\"]}"),
        lora("a.q", 2, 6)));
    assertThat(other.get("target_modules").toString()).isEqualTo("[\"a.q\"]");
  }

  @Test
  void aTrainingNamesItsBaseAndItsLayers() throws IOException {
    TrainingRecord training = new TrainingRecord(
        new TrainingRecord.Base("tiny", "llm", false, Optional.empty(), Optional.empty()),
        Optional.of(new TrainingRecord.NumberedLayers(List.of("q"), Set.of(3), List.of())), Optional.empty());
    AdapterModel model = model(Map.of(), lora("model.layers.3.q", 2, 6));
    ObjectNode config = written(
        new AdapterModel(model.components(), List.of(), Map.of(), List.of(), Optional.of(training)));
    assertThat(config.get("base_model_name_or_path").textValue()).isEqualTo("tiny");
    assertThat(config.get("task_type").textValue()).isEqualTo("CAUSAL_LM");
    assertThat(config.get("target_modules").toString()).isEqualTo("[\"q\"]");
    assertThat(config.get("layers_to_transform").toString()).isEqualTo("[3]");
    assertThat(config.get("layers_pattern").isNull()).isTrue();
  }

  @Test
  void componentsHaveFoldersOfTheirNames() throws IOException {
    AdapterModel model = new AdapterModel(new LinkedHashMap<>(Map.of("unet", List.of(lora("conv", 2, 3)),
        "text_encoder", List.of(lora("text_model.q", 2, 3)))), List.of(), Map.of("note", "x"));
    format.write(model, folder.resolve("out"), ElementType.BFLOAT16);
    assertThat(folder.resolve("out/unet/adapter_config.json")).exists();
    assertThat(format.recognisesFolder(folder.resolve("out"))).isTrue();
    assertThat(format.recognisesFolder(folder)).isFalse();
    AdapterModel read = format.read(folder.resolve("out"),
        Map.of("unet", List.of("conv", "text_model.q"), "text_encoder", List.of("q")), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.components().get("unet")).extracting(AdapterModule::path).containsExactly("conv");
    assertThat(read.components().get("text_encoder")).extracting(AdapterModule::path).containsExactly("q");
    assertThat(read.metadata()).containsEntry("note", "x")
        .containsKeys("unet/adapter_config.json", "text_encoder/adapter_config.json");
    assertThatThrownBy(() -> format.write(model, folder.resolve("x.safetensors"), ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContaining("folder");
  }

  @Test
  void refusesWhatPeftCannotHold() {
    AdapterModule tucker = lora("a.q", 2, 2);
    tucker.tensors().put("lora_mid.weight", Ops.randomNormal(scope, new Shape(2, 2, 3, 3)));
    assertRefused("Tucker", tucker);
    AdapterModule magnitudes = lora("a.q", 2, 2);
    magnitudes.tensors().put("dora_scale", Ops.randomNormal(scope, new Shape(1, 7)));
    assertRefused("one for each input", magnitudes);
    magnitudes.tensors().put("dora_scale", Ops.randomNormal(scope, new Shape(5, 1)));
    assertRefused("2 kinds", magnitudes, lora("a.k", 2, 2));
    assertRefused("no form", new AdapterModule("a", Map.of("diff", scope.ones(new Shape(2, 2))), Map.of()));
    AdapterModule broken = lora("a.q", 2, 2);
    broken.tensors().get("lora_up.weight").muli(Float.NaN);
    assertRefused("no finite number", broken);
    assertThat(folder.resolve("out/adapter_config.json")).doesNotExist();
  }

  /** What PEFT saves of an embedding, or of a head, that has LoRA on it. */
  @Test
  void theBasesOwnWeightBesideAnUpdateComesBack() throws IOException {
    format.write(model(Map.of(), lora("a.q", 2, 2), new AdapterModule("a.q",
        Map.of("weight", scope.full(new Shape(5, 7), 3f)), Map.of())), folder.resolve("own"), ElementType.FLOAT32);
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("own/adapter_model.safetensors"))) {
      assertThat(file.tensors()).containsKey("base_model.model.a.q.base_layer.weight");
    }
    AdapterModel read = format.read(folder.resolve("own"), Map.of("model", List.of("a.q")), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.components().get("model")).extracting(AdapterModule::path).containsExactly("a.q", "a.q");
    assertThat(read.components().get("model").get(1).tensors().get("weight").toFloatArray()).containsOnly(3);
    assertThat(read.metadata().get("adapter_config.json")).contains("\"modules_to_save\":null");
  }

  private void assertRefused(String message, AdapterModule... modules) {
    assertThatThrownBy(() -> format.write(model(Map.of(), modules), folder.resolve("out"), ElementType.FLOAT32))
        .isInstanceOf(UserException.class).hasMessageContaining(message);
  }

  @Test
  void noAlphaMeansAScaleOfOneAndAScaleWins() throws IOException {
    AdapterModule without = new AdapterModule("a.q", lora("a.q", 2, 1).tensors(), Map.of());
    AdapterModule scaled = new AdapterModule("a.k", lora("a.k", 2, 1).tensors(), Map.of("alpha", 9.0, "scale", 0.25));
    LayerRules rules = new LayerRules(ConfigCheck.check(written(model(Map.of(), without, scaled))));
    assertThat(rules.neutralAlpha("a.q")).isEqualTo(2);
    assertThat(rules.neutralAlpha("a.k")).isEqualTo(0.5);
  }

  @Test
  void tensorsOfTheFileAreNamedAsPeftNamesThem() throws IOException {
    AdapterModule update = lora("a.q", 2, 3);
    update.tensors().put("dora_scale", Ops.randomNormal(scope, new Shape(5, 1)));
    ObjectNode config = written(model(Map.of(), update, new AdapterModule("a.q",
        Map.of("bias", scope.ones(new Shape(5))), Map.of()), new AdapterModule("score",
        Map.of("weight", scope.ones(new Shape(5, 7))), Map.of())));
    assertThat(config.get("use_dora").booleanValue()).isTrue();
    assertThat(config.get("bias").textValue()).isEqualTo("lora_only");
    assertThat(config.get("modules_to_save").toString()).isEqualTo("[\"score\"]");
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("out/adapter_model.safetensors"))) {
      assertThat(file.tensors()).containsOnlyKeys("base_model.model.a.q.lora_A.weight",
          "base_model.model.a.q.lora_B.weight", "base_model.model.a.q.lora_magnitude_vector",
          "base_model.model.a.q.base_layer.bias", "base_model.model.score.weight");
      assertThat(file.tensors().get("base_model.model.a.q.lora_magnitude_vector").shape()).containsExactly(5);
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
    }
  }
}
