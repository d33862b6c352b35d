package dev.kasane.app.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoBaseLocationTest {
  @TempDir
  private Path home;

  @Test
  void isInTheDistribution() throws IOException {
    Path demo = Files.createDirectories(home.resolve("bases/demo"));

    assertThat(DemoBaseLocation.in(Optional.of(home))).isEqualTo(demo);
  }

  @Test
  void absenceNamesThePlaceAndTheWayOut() {
    assertThatThrownBy(() -> DemoBaseLocation.in(Optional.of(home))).isInstanceOf(UserException.class)
        .hasMessageContaining(home.resolve("bases/demo").toString()).hasMessageContaining("«base»");
    assertThatThrownBy(() -> DemoBaseLocation.in(Optional.empty())).isInstanceOf(UserException.class)
        .hasMessageContaining("«base»");
  }
}
