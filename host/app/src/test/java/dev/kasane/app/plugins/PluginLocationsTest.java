package dev.kasane.app.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginLocationsTest {
  @TempDir
  private Path folder;

  private Path make(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private PluginLocations locate(Path option, Map<String, String> environment) {
    return PluginLocations.of(Optional.of(folder.resolve("dist")), option, environment, folder.toString());
  }

  @Test
  void prefersOptionToVariableToHome() throws IOException {
    Path shipped = make("dist/plugins");
    Path home = make(".kasane/plugins");
    Path option = make("option");
    Path variable = make("variable");
    Map<String, String> environment = Map.of("KASANE_PLUGINS", variable.toString());

    assertThat(locate(option, environment).places()).containsExactly(shipped, option);
    assertThat(locate(null, environment).places()).containsExactly(shipped, variable);
    assertThat(locate(null, Map.of()).places()).containsExactly(shipped, home);
  }

  @Test
  void needsNoFolderOfTheUser() throws IOException {
    Path shipped = make("dist/plugins");

    assertThat(locate(null, Map.of()).places()).containsExactly(shipped);
  }

  @Test
  void missesWhatWasAskedFor() throws IOException {
    make("dist/plugins");

    assertThatExceptionOfType(UserException.class).isThrownBy(() -> locate(folder.resolve("no"), Map.of()))
        .withMessageContaining("no such folder").withMessageContaining("«plugins dir»");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> locate(null, Map.of("KASANE_PLUGINS", folder.resolve("no").toString())))
        .withMessageContaining("no such folder").withMessageContaining("KASANE_PLUGINS");
  }

  @Test
  void missesItsOwnPlugins() {
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> locate(null, Map.of()))
        .withMessageContaining("incomplete");
  }

  @Test
  void leavesOtherFilesAlone() throws IOException {
    Files.writeString(folder.resolve("README.md"), "");
    Files.writeString(folder.resolve(".hidden.jar"), "");
    Path jar = Files.writeString(folder.resolve("a.jar"), "");

    assertThat(new PluginLocations(List.of(folder)).jars()).containsExactly(jar);
  }
}
