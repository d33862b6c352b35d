package dev.kasane.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Adapters from the wild, where the folder with them is at hand. */
class RealFilesTest {
  @Test
  void opensEveryAdapterFromTheWild() throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(SharedData.path("adapters"))) {
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
