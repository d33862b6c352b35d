package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The tiny bases of the diffusion module and what the reference libraries computed with them. */
final class TinyBase {
  private static final Path GOLDEN = Path.of(System.getProperty("kasane.root"),
      "unet-attention", "src", "test", "resources", "golden");

  private TinyBase() {}

  static ImageModel open(String name, NDManager owner) {
    return ImageModels.open(GOLDEN.resolve(name), BaseOptions.none(), ElementType.FLOAT32, owner);
  }

  static NDArray tensor(String file, String name, NDManager owner) {
    try (TensorSource source = tensors(file)) {
      return source.read(name, owner);
    }
  }

  static TensorSource tensors(String file) {
    return TensorSources.open(GOLDEN.resolve(file));
  }

  static JsonNode json(String file) {
    try {
      return new ObjectMapper().readTree(GOLDEN.resolve(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The largest difference over the largest expected magnitude. */
  static double relativeError(NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    double magnitude = number(expected.abs().max());
    assertThat(magnitude).as("the reference is not all zeros").isPositive();
    double difference = number(actual.stopGradient().sub(expected).abs().max());
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference / magnitude;
  }

  private static double number(NDArray scalar) {
    return OPS.cast(scalar, DataType.FLOAT64).getDouble();
  }
}
