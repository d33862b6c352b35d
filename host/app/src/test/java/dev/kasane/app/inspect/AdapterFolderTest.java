package dev.kasane.app.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFolderTest {
  @TempDir
  private Path folder;

  private Path weights(String in, String name) throws IOException {
    Path part = Files.createDirectories(folder.resolve(in));
    return AdapterFiles.write(part.resolve(name), Map.of(),
        "base_model.model.layers.0.self_attn.q_proj.lora_A.weight 4,8",
        "base_model.model.layers.0.self_attn.q_proj.lora_B.weight 8,4");
  }

  @Test
  void aFileIsItselfAndAFolderItsWeights() throws IOException {
    Path file = weights("", "adapter_model.safetensors");
    assertThat(AdapterFolder.weights(file)).isEqualTo(file);
    assertThatThrownBy(() -> AdapterFolder.weights(folder.resolve("none"))).isInstanceOf(UserException.class)
        .hasMessageContaining("no such file");
    assertThat(AdapterFolder.weights(folder)).isEqualTo(file);
    assertThat(Inspector.inspect(folder).format()).isEqualTo("peft");
  }

  @Test
  void olderWeightsAreFoundToo() throws IOException {
    Path file = weights("", "adapter_model.bin");
    assertThat(AdapterFolder.weights(folder)).isEqualTo(file);
  }

  @Test
  void ofSeveralPartsTheFirstStandsForAllWhereThatIsAskedFor() throws IOException {
    weights("text_encoder", "adapter_model.safetensors");
    Path unet = weights("unet", "adapter_model.safetensors");
    assertThat(AdapterFolder.anyWeights(folder)).isEqualTo(unet);
    assertThatThrownBy(() -> AdapterFolder.weights(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder without");
  }

  @Test
  void aFolderOfSomethingElseIsSaidToBeOne() {
    assertThatThrownBy(() -> AdapterFolder.weights(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("without adapter_model.safetensors");
  }
}
