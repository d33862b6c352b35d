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

class AdapterFolderIT {
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
    assertThat(new AdapterFolder(Installed.PLUGINS.formats()).weights(file)).isEqualTo(file);
    assertThatThrownBy(() -> new AdapterFolder(Installed.PLUGINS.formats()).weights(folder.resolve("none"))).isInstanceOf(UserException.class)
        .hasMessageContaining("no such file");
    assertThat(new AdapterFolder(Installed.PLUGINS.formats()).weights(folder)).isEqualTo(file);
    assertThat(Installed.inspect(folder).kind().format()).isEqualTo("peft");
  }

  @Test
  void olderWeightsAreFoundToo() throws IOException {
    Path file = weights("", "adapter_model.bin");
    assertThat(new AdapterFolder(Installed.PLUGINS.formats()).weights(folder)).isEqualTo(file);
  }

  @Test
  void ofSeveralPartsTheFirstStandsForAllWhereThatIsAskedFor() throws IOException {
    weights("text_encoder", "adapter_model.safetensors");
    Path unet = weights("unet", "adapter_model.safetensors");
    assertThat(new AdapterFolder(Installed.PLUGINS.formats()).anyWeights(folder)).isEqualTo(unet);
    assertThatThrownBy(() -> new AdapterFolder(Installed.PLUGINS.formats()).weights(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder without");
  }

  @Test
  void aFolderOfSomethingElseIsSaidToBeOne() {
    assertThatThrownBy(() -> new AdapterFolder(Installed.PLUGINS.formats()).weights(folder)).isInstanceOf(UserException.class)
        .hasMessageContaining("is a folder without").hasMessageContaining("adapter_model.safetensors");
  }
}
