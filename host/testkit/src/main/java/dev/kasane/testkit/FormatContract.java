package dev.kasane.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reading holds to in every format of adapter files. A subclass gives the format and a file. */
public abstract class FormatContract {
  @TempDir
  Path folder;
  NDManager scope;

  /** The format under test. */
  protected abstract AdapterFormat format();

  /**
   * Makes a file of which every key fits {@link #layers}.
   *
   * @param where a folder for it
   */
  protected abstract Path example(Path where) throws IOException;

  /** The base model's layers, by component. */
  protected abstract Map<String, Collection<String>> layers();

  /** Keys of files that are not in this format. */
  protected List<Set<String>> strangers() {
    return List.of(Set.of(),
        Set.of("model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.encoder.conv_in.weight"),
        Set.of("down_blocks.0.resnets.0.conv1.weight", "down_blocks.0.resnets.0.conv1.bias"));
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

  final Set<String> keysOf(Path file) {
    try (AdapterFile opened = AdapterFile.open(file)) {
      return new HashSet<>(opened.keys());
    }
  }

  static Map<String, float[]> values(AdapterModel model) {
    Map<String, float[]> values = new HashMap<>();
    model.components().forEach((component, modules) -> modules.forEach(module ->
        module.tensors().forEach((name, tensor) -> values.put(
            component + ":" + module.path() + ":" + name, floats(tensor)))));
    return values;
  }

  private static float[] floats(NDArray tensor) {
    return tensor.toType(DataType.FLOAT32, false).toFloatArray();
  }

  @Test
  void namesAndDescribesItself() {
    assertThat(format().id()).matches("[a-z][a-z0-9-]*");
    assertThat(format().description()).endsWith(".");
  }

  @Test
  void recognisesItsOwnFilesAndNoOthers() throws IOException {
    assertThat(format().recognise(keysOf(example(folder)))).isNotEmpty();
    strangers().forEach(keys -> assertThat(format().recognise(keys)).as(keys.toString()).isEmpty());
  }

  @Test
  void listsEveryKeyWhenNothingFits() throws IOException {
    Path file = example(folder);
    AdapterModel read = format().read(file, Map.of("unet", List.of("conv_in")), scope);
    assertThat(read.components()).isEmpty();
    assertThat(read.unmatched()).allSatisfy(each -> assertThat(each.reason()).isNotBlank());
    assertThat(read.unmatched().stream().map(UnmatchedKey::key).collect(Collectors.toSet()))
        .isEqualTo(keysOf(file));
  }

  @Test
  void tensorsOutliveTheFile() throws IOException {
    Path file = example(folder);
    AdapterModel read = format().read(file, layers(), scope);
    Map<String, float[]> before = values(read);
    assertThat(before).isNotEmpty();
    Files.write(file, new byte[0]);
    values(read).forEach((name, floats) -> assertThat(floats).as(name).containsExactly(before.get(name)));
  }

  @Test
  void damagedFilesAreFaultsThatNameTheFile() throws IOException {
    Path file = example(folder);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 2, 9, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> format().read(file, layers(), scope)).as(length + " bytes")
          .isInstanceOf(FileFault.class).hasMessageContaining(file.getFileName().toString());
    }
    Files.delete(file);
    assertThatThrownBy(() -> format().read(file, layers(), scope)).isInstanceOf(FileFault.class);
  }
}
