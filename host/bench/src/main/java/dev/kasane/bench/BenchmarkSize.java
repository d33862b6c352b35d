package dev.kasane.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.unet.UNetConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How large the model and its data are; the peer reads the same resources. */
enum BenchmarkSize {
  /** The U-Net of Stable Diffusion 1.5, and pictures of 256×256 unless another size is asked for. */
  FULL(256),
  /** A U-Net of the same build with a hundredth of the weights, to try the benchmark itself. */
  TINY(128);

  /** Tokens of a prompt in Stable Diffusion. */
  static final int CONTEXT_TOKENS = 77;

  private final int resolution;

  BenchmarkSize(int resolution) {
    this.resolution = resolution;
  }

  static BenchmarkSize parse(String name) {
    return Arrays.stream(values()).filter(size -> size.toString().equals(name)).findFirst()
        .orElseThrow(() -> new UserException("Option --size is '" + name + "'; it must be one of "
            + Arrays.stream(values()).map(BenchmarkSize::toString).collect(Collectors.joining(", ")) + "."));
  }

  /** Height and width of a picture, in pixels. */
  int resolution() {
    return resolution;
  }

  /** The U-Net's shape. */
  UNetConfig config() {
    String resource = "unet-" + this + ".json";
    try (InputStream in = BenchmarkSize.class.getResourceAsStream(resource)) {
      return UNetConfig.of(new ObjectMapper().readTree(in), resource);
    } catch (IOException e) {
      throw new UncheckedIOException("Resource " + resource + " cannot be read", e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
