package dev.kasane.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The tiny reference models and what the reference libraries computed with them. */
public final class Goldens {
  /** The folder of all golden files. */
  public static final Path FOLDER = Path.of("src/test/resources/golden");

  /** Scheduler settings of the reference hold {@code -Infinity}. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private Goldens() {}

  /** A JSON file of the golden folder. */
  public static JsonNode json(String file) {
    try {
      return MAPPER.readTree(FOLDER.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One tensor of a golden file. */
  public static NDArray tensor(String file, String name, NDManager scope) {
    try (TensorSource source = TensorSources.open(FOLDER.resolve(file))) {
      return source.read(name, scope);
    }
  }

  /** Loads float32 weights into a model. */
  public static <M extends Module> M load(M module, String file, NDManager owner) {
    try (TensorSource source = TensorSources.open(FOLDER.resolve(file))) {
      WeightLoader.load(module, source, ElementType.FLOAT32, owner);
      return module;
    }
  }

  /** Largest absolute difference over the largest absolute reference value. */
  public static double relativeError(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    float[] a = actual.toFloatArray();
    float[] e = expected.toFloatArray();
    double difference = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      difference = Math.max(difference, Float.isNaN(a[i]) ? Double.POSITIVE_INFINITY : Math.abs(a[i] - e[i]));
      scale = Math.max(scale, Math.abs(e[i]));
    }
    assertThat(scale).as("the reference is not all zeros").isPositive();
    return difference / scale;
  }
}
