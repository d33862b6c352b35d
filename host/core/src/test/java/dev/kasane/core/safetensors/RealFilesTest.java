package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Adapters from the wild, where the folder with them is at hand. */
class RealFilesTest {
  private static final Path ADAPTERS = Path.of(System.getProperty("kasane.shared", "none"), "data",
      "adapters");

  @Test
  void opensEveryAdapterFromTheWild() throws IOException {
    assumeThat(ADAPTERS).isDirectory();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(ADAPTERS)) {
      files = walk.filter(path -> path.toString().endsWith(".safetensors")).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path path : files) {
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        assertThat(file.tensors()).as(path.toString()).isNotEmpty();
        String first = file.tensors().keySet().iterator().next();
        assertThat(file.readFloats(first)).hasSize((int) file.tensors().get(first).elementCount());
      }
    }
  }
}
