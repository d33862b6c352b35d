package dev.kasane.diffusion.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.tensor.Engines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The tiny pipelines that {@code make_models.py} wrote, and helpers around them. */
final class GoldenBases {
  private GoldenBases() {}

  static Path path(String name) {
    try {
      return Path.of(GoldenBases.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Name → shape of a full-size model. */
  static Map<String, List<Long>> stateDict(String name) throws IOException {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(path("state-dicts/" + name + ".txt.gz"));
        BufferedReader lines = new BufferedReader(
            new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t");
        shapes.put(fields[0], Arrays.stream(fields[1].split(",")).map(Long::valueOf).toList());
      }
    }
    return shapes;
  }

  /** Holds two sources to the same names, shapes and values. */
  static void assertSame(TensorSource found, TensorSource expected) {
    List<String> names = expected.names().stream().sorted().toList();
    assertThat(found.names().stream().sorted()).containsExactlyElementsOf(names);
    try (NDManager owner = Engines.newManager()) {
      for (String name : names) {
        assertThat(found.shape(name)).as(name).isEqualTo(expected.shape(name));
        NDArray array = found.read(name, owner);
        assertThat(array.getShape()).as(name).isEqualTo(expected.shape(name));
        assertThat(floats(array)).as(name).containsExactly(floats(expected.read(name, owner)));
      }
    }
  }

  private static float[] floats(NDArray array) {
    return OPS.cast(array, DataType.FLOAT32).toFloatArray();
  }

  /** Copies a folder. */
  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(target);
        } else {
          Files.copy(each, target);
        }
      }
    }
    return to;
  }

  /** Removes a folder if it is there. */
  static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
