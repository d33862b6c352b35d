package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every format holds to that adapter files are written in. A subclass gives the format. */
public abstract class AdapterFormatContract extends FormatContract {
  private static final String UNET = "unet";
  private static final String QUERY = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String OUTPUT = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0";
  private static final String TEXT_KEY = "text_model.encoder.layers.0.self_attn.k_proj";

  /** The name of a file in this format. */
  protected String fileName() {
    return "adapter.safetensors";
  }

  /** The component of the sample's text layers; a format whose files hold one component says {@code unet}. */
  protected String textComponent() {
    return "text_encoder";
  }

  @Override
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

  @Override
  protected List<Set<String>> strangers() {
    return Stream.concat(super.strangers().stream(), Stream.of(Set.of("unet:0:up", "unet:0:down"))).toList();
  }

  @Override
  protected Path example(Path where) throws IOException {
    return written(sample(scope));
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
  void parsesItsOwnKeys() throws IOException {
    assertThat(keysOf(written(sample(scope)))).allSatisfy(key ->
        assertThat(format().parse(key)).get().extracting(AdapterKey::mangled).isEqualTo(false));
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
