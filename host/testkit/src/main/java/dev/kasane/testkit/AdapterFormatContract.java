package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every format of adapter files holds to. A subclass gives the format. */
public abstract class AdapterFormatContract {
  private static final String UNET = "unet";
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String OUTPUT = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0";
  private static final String TEXT_KEY = "text_model.encoder.layers.0.self_attn.k_proj";

  @TempDir
  Path folder;
  private NDManager scope;

  /** The format under test. */
  protected abstract AdapterFormat format();

  /** The name of a file in this format. */
  protected String fileName() {
    return "adapter.safetensors";
  }

  /** The component of the sample's text layers; a format whose files hold one component says {@code unet}. */
  protected String textComponent() {
    return "text_encoder";
  }

  /** The base model's layers, by component. */
  protected Map<String, Collection<String>> layers() {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    layers.put(UNET, new ArrayList<>(List.of("conv_in", QUERY, OUTPUT, "mid_block.resnets.0.conv1")));
    layers.computeIfAbsent(textComponent(), component -> new ArrayList<>())
        .addAll(List.of(TEXT_KEY, "text_model.encoder.layers.0.mlp.fc1"));
    return layers;
  }

  /** Something to save: LoRA on a linear layer, a layer with a number in its name and a text encoder's. */
  protected AdapterModel sample(NDManager owner) {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    components.put(UNET, new ArrayList<>(List.of(module(owner, QUERY, 2), module(owner, OUTPUT, 3))));
    components.computeIfAbsent(textComponent(), component -> new ArrayList<>())
        .add(module(owner, TEXT_KEY, 1.5));
    return new AdapterModel(components, List.of(), Map.of("ss_output_name", "brush, ink – 墨"));
  }

  private static AdapterModule module(NDManager owner, String path, double alpha) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put("lora_down.weight", Ops.randomNormal(owner, new Shape(2, 7)));
    tensors.put("lora_up.weight", Ops.randomNormal(owner, new Shape(5, 2)));
    return new AdapterModule(path, tensors, Map.of("alpha", alpha));
  }

  /** Keys of files that are not in this format. */
  protected List<Set<String>> strangers() {
    return List.of(Set.of(),
        Set.of("model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.encoder.conv_in.weight"),
        Set.of("down_blocks.0.resnets.0.conv1.weight", "down_blocks.0.resnets.0.conv1.bias"),
        Set.of("unet:0:up", "unet:0:down"));
  }

  /** The keys of a file in this format. */
  protected Set<String> keysOf(Path file) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return opened.tensors().keySet();
    }
  }

  @BeforeEach
  final void openScope() {
    scope = Engines.newManager();
    TorchBridge.seed(7);
  }

  @AfterEach
  final void closeScope() {
    scope.close();
  }

  private Path written(AdapterModel model) throws IOException {
    Path file = folder.resolve(fileName());
    format().write(model, file, ElementType.FLOAT32);
    return file;
  }

  private static Map<String, AdapterModule> byName(AdapterModel model) {
    Map<String, AdapterModule> modules = new LinkedHashMap<>();
    model.components().forEach((component, list) ->
        list.forEach(module -> modules.put(component + ":" + module.path(), module)));
    return modules;
  }

  @Test
  void namesAndDescribesItself() {
    assertThat(format().id()).matches("[a-z][a-z0-9-]*");
    assertThat(format().description()).endsWith(".");
  }

  @Test
  void writtenIsReadBitForBit() throws IOException {
    AdapterModel model = sample(scope);
    Path file = written(model);
    AdapterModel read = format().read(file, layers(), scope);
    assertThat(read.unmatched()).isEmpty();
    assertThat(read.metadata()).containsAllEntriesOf(model.metadata());
    Map<String, AdapterModule> modules = byName(read);
    assertThat(modules).containsOnlyKeys(byName(model).keySet());
    byName(model).forEach((name, module) -> {
      assertThat(modules.get(name).constants()).as(name).isEqualTo(module.constants());
      assertThat(modules.get(name).tensors().keySet()).isEqualTo(module.tensors().keySet());
      module.tensors().forEach((parameter, tensor) -> {
        NDArray back = modules.get(name).tensors().get(parameter);
        assertThat(back.getShape()).isEqualTo(tensor.getShape());
        assertThat(back.toFloatArray()).as(name + " " + parameter).containsExactly(tensor.toFloatArray());
      });
    });
  }

  @ParameterizedTest
  @EnumSource(value = ElementType.class, names = {"FLOAT16", "BFLOAT16"})
  void halfPrecisionRoundsToNearest(ElementType type) throws IOException {
    AdapterModel model = sample(scope);
    Path file = folder.resolve(fileName());
    format().write(model, file, type);
    Map<String, AdapterModule> modules = byName(format().read(file, layers(), scope));
    byName(model).forEach((name, module) -> module.tensors().forEach((parameter, tensor) -> {
      NDArray back = modules.get(name).tensors().get(parameter);
      assertThat(ElementType.of(back)).isEqualTo(type);
      NDArray rounded = OPS.cast(OPS.cast(tensor, type.dataType()), DataType.FLOAT32);
      assertThat(OPS.cast(back, DataType.FLOAT32).toFloatArray()).containsExactly(rounded.toFloatArray());
    }));
  }

  @Test
  void sameContentGivesTheSameBytes() throws IOException {
    AdapterModel model = sample(scope);
    byte[] first = Files.readAllBytes(written(model));
    assertThat(Files.readAllBytes(written(model))).isEqualTo(first);
  }

  @Test
  void recognisesItsOwnFilesAndNoOthers() throws IOException {
    Set<String> own = keysOf(written(sample(scope)));
    assertThat(format().recognise(own)).isNotEmpty();
    assertThat(own).allSatisfy(key -> assertThat(format().parse(key)).get().extracting(AdapterKey::mangled)
        .isEqualTo(false));
    strangers().forEach(keys -> assertThat(format().recognise(keys)).as(keys.toString()).isEmpty());
  }

  @Test
  void listsKeysOfALayerThatTheBaseDoesNotHave() throws IOException {
    Path file = written(sample(scope));
    Map<String, Collection<String>> fewer = new LinkedHashMap<>(layers());
    fewer.put("unet", layers().get("unet").stream().filter(path -> !path.equals(QUERY)).toList());
    AdapterModel read = format().read(file, fewer, scope);
    assertThat(read.unmatched()).isNotEmpty().allSatisfy(each -> assertThat(each.reason()).isNotBlank());
    assertThat(byName(read)).containsOnlyKeys("unet:" + OUTPUT, textComponent() + ":" + TEXT_KEY);
  }

  @Test
  void listsEveryKeyWhenNothingFits() throws IOException {
    Path file = written(sample(scope));
    AdapterModel read = format().read(file, Map.of("unet", List.of("conv_in")), scope);
    assertThat(byName(read)).isEmpty();
    assertThat(read.unmatched().stream().map(UnmatchedKey::key).collect(Collectors.toSet()))
        .isEqualTo(keysOf(file));
  }

  @Test
  void tensorsOutliveTheFile() throws IOException {
    AdapterModel model = sample(scope);
    Path file = written(model);
    AdapterModel read = format().read(file, layers(), scope);
    Files.write(file, new byte[0]);
    assertThat(byName(read).get("unet:" + QUERY).tensors().get("lora_up.weight").toFloatArray())
        .containsExactly(byName(model).get("unet:" + QUERY).tensors().get("lora_up.weight").toFloatArray());
  }

  @Test
  void damagedFilesAreFaultsThatNameTheFile() throws IOException {
    Path file = written(sample(scope));
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 2, 9, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> format().read(file, layers(), scope)).as(length + " bytes")
          .isInstanceOf(FileFault.class).hasMessageContaining(fileName());
    }
    Files.delete(file);
    assertThatThrownBy(() -> format().read(file, layers(), scope)).isInstanceOf(FileFault.class);
  }

  @Test
  void failureLeavesAnExistingFileAlone() throws IOException {
    Path file = written(sample(scope));
    byte[] before = Files.readAllBytes(file);
    List<Path> beside = filesBeside();
    AdapterModel broken = sample(scope);
    broken.components().get("unet").get(1).tensors().get("lora_up.weight").close();
    assertThatThrownBy(() -> written(broken)).isInstanceOf(Exception.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(filesBeside()).isEqualTo(beside);
  }

  @Test
  void refusesWholeNumbersAsStorage() {
    Path file = folder.resolve(fileName());
    assertThatThrownBy(() -> format().write(sample(scope), file, ElementType.INT8))
        .isInstanceOf(UserException.class).hasMessageContaining("int8").hasMessageContaining("float16");
    assertThat(file).doesNotExist();
  }

  @Test
  void namesAMissingFolder() {
    Path file = folder.resolve("missing").resolve(fileName());
    assertThatThrownBy(() -> format().write(sample(scope), file, ElementType.FLOAT32))
        .isInstanceOf(FileFault.class).hasMessageContaining("missing");
  }

  private List<Path> filesBeside() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
