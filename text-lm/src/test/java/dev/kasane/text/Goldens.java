package dev.kasane.text;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The tiny models of make_decoders.py and what transformers computed with them. */
public final class Goldens {
  /** The folder of all golden files. */
  public static final Path FOLDER = Path.of("src/test/resources/golden");

  private Goldens() {}

  /** The names of all models. */
  public static Stream<String> decoders() {
    return Stream.of("llama", "llama-tied", "llama-linear", "llama-dynamic", "llama-llama3", "llama-yarn",
        "mistral", "qwen2", "qwen2-window", "gemma2", "gpt-neox", "gpt-neox-serial", "gpt2", "gpt2-by-layer",
        "opt", "opt-after");
  }

  /** A model in float32. */
  public static CausalLm model(String name, NDManager scope) {
    return TextCheckpoint.open(FOLDER.resolve(name)).model(ElementType.FLOAT32, scope);
  }

  /** What transformers computed. */
  public static NDArray expected(String name, String tensor, NDManager scope) {
    try (TensorSource source = TensorSources.open(FOLDER.resolve(name).resolve("expected.safetensors"))) {
      return source.read(tensor, scope);
    }
  }

  /** Token ids as a matrix of rows. */
  public static TokenBatch batch(String name, String ids, String mask, NDManager scope) {
    NDArray tokens = expected(name, ids, scope);
    return new TokenBatch((int) tokens.getShape().get(0), (int) tokens.getShape().get(1), longs(tokens),
        mask == null ? null : longs(expected(name, mask, scope)));
  }

  /** The elements as numbers of 64 bits. */
  public static long[] longs(NDArray array) {
    return array.toType(DataType.INT64, false).toLongArray();
  }

  /** Every fourth column of the vocabulary, as the golden files hold it. */
  public static NDArray thinned(NDArray logits) {
    return OPS.cast(logits, DataType.FLOAT32).get(":,:,::4");
  }

  /** Largest difference at real tokens over the largest reference value there. */
  public static double relativeError(NDArray actual, NDArray expected, TokenBatch batch) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    float[] a = actual.toFloatArray();
    float[] e = expected.toFloatArray();
    int width = a.length / (batch.rows() * batch.length());
    double difference = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      if (batch.isReal(i / width)) {
        difference = Math.max(difference, Float.isNaN(a[i]) ? Double.POSITIVE_INFINITY : Math.abs(a[i] - e[i]));
        scale = Math.max(scale, Math.abs(e[i]));
      }
    }
    assertThat(scale).as("the reference is not all zeros").isPositive();
    return difference / scale;
  }
}
