package dev.kasane.app.cli.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.cli.options.AdapterBases;
import dev.kasane.text.base.TextFamily;
import dev.kasane.core.UserException;
import dev.kasane.text.model.CausalLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterBasesTest {
  private final String before = System.getProperty("kasane.home");

  @TempDir
  private Path home;

  @AfterEach
  void leaveIt() {
    if (before == null) {
      System.clearProperty("kasane.home");
    } else {
      System.setProperty("kasane.home", before);
    }
  }

  @Test
  void demoIsTheBaseThatComesWithTheProgram() throws IOException {
    Path demo = Files.createDirectories(home.resolve("bases/demo"));
    System.setProperty("kasane.home", home.toString());
    assertThat(AdapterBases.path(Path.of("demo"))).isEqualTo(demo);
    assertThat(AdapterBases.path(Path.of("./demo/."))).isEqualTo(Path.of("./demo/."));
    assertThat(AdapterBases.path(home)).isEqualTo(home);
  }

  @Test
  void aConfigurationDescribesALanguageModelWithoutItsWeights() {
    Path config = Path.of(System.getProperty("kasane.root"), "text-lm/src/test/resources/golden/llama/config.json");
    for (Path place : List.of(config, config.getParent())) {
      AdapterBase base = AdapterBases.named(place.toString());
      assertThat(base.kind()).isEqualTo(TextFamily.LANGUAGE_MODEL);
      assertThat(base.layers()).containsOnlyKeys(CausalLm.COMPONENT);
      assertThat(base.layers().get(CausalLm.COMPONENT)).contains("model.layers.0.self_attn.q_proj");
    }
  }

  @Test
  void aConfigurationOfAnUnknownModelIsRefused() throws IOException {
    Path config = Files.writeString(home.resolve("config.json"), "{\"architectures\": [\"Other\"]}");
    assertThatThrownBy(() -> AdapterBases.named(config.toString())).isInstanceOf(UserException.class)
        .hasMessageContaining(config.toString()).hasMessageContaining("Other");
  }
}
