package dev.kasane.diffusion.demo.base;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The base that comes with Kasane: small enough, and it does what the prompt says. */
class EmbeddedBaseTest {
  private static final Path FOLDER = Path.of("src/main/base/demo");
  private static final long LARGEST_BYTES = 25_000_000;
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
  private static final int LEAST_RED_PIXELS = 6;

  @Test
  void allWeightsTogetherStayWithinTheirSize() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      assertThat(files.filter(file -> file.toString().endsWith(".safetensors")).mapToLong(EmbeddedBaseTest::size).sum())
          .isBetween(LARGEST_BYTES / 2, LARGEST_BYTES);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void picturesFollowTheColourThePlaceAndTheWeatherOfThePrompt() {
    try (NDManager owner = Engines.newManager()) {
      Sampler sampler = new Sampler(
          ImageModels.open(FOLDER, BaseOptions.none(), ElementType.FLOAT32, owner));
      double[] red = meanColour(sampler, "a red ball in the snow on a sunny day");
      double[] blue = meanColour(sampler, "a blue ball in the snow on a sunny day");
      double[] desert = meanColour(sampler, "a blue ball in the desert on a sunny day");
      double[] night = meanColour(sampler, "a blue ball in the snow on a starry night");
      assertThat(red[0] - red[2]).as("redder than blue").isGreaterThan(blue[0] - blue[2] + 8);
      assertThat(desert[0] - desert[2]).as("sand is warmer than snow").isGreaterThan(blue[0] - blue[2] + 30);
      assertThat(brightness(night)).as("night is darker than day").isLessThan(brightness(blue) - 40);
    }
  }

  @Test
  void picturesHaveAsManyObjectsAsThePromptAsksFor() {
    try (NDManager owner = Engines.newManager()) {
      Sampler sampler = new Sampler(
          ImageModels.open(FOLDER, BaseOptions.none(), ElementType.FLOAT32, owner));
      for (long seed : SEEDS) {
        assertThat(redRegions(draw(sampler, "a red ball in the snow on a cloudy day", seed))).isEqualTo(1);
        assertThat(redRegions(draw(sampler, "two red balls in the snow on a cloudy day", seed))).isEqualTo(2);
        assertThat(redRegions(draw(sampler, "three red balls in the snow on a cloudy day", seed))).isEqualTo(3);
      }
    }
  }

  /** How many runs of columns have much red in them, in the lower half: balls stand side by side. */
  private static int redRegions(Picture picture) {
    int regions = 0;
    boolean inside = false;
    for (int x = 0; x < picture.width(); x++) {
      boolean red = redPixels(picture, x) >= LEAST_RED_PIXELS;
      regions += red && !inside ? 1 : 0;
      inside = red;
    }
    return regions;
  }

  private static int redPixels(Picture picture, int x) {
    int red = 0;
    for (int y = picture.height() / 2; y < picture.height(); y++) {
      int at = (y * picture.width() + x) * 3;
      byte[] rgb = picture.rgb();
      red += (rgb[at] & 0xff) > (rgb[at + 1] & 0xff) + 70 && (rgb[at] & 0xff) > (rgb[at + 2] & 0xff) + 70 ? 1 : 0;
    }
    return red;
  }

  private static double brightness(double[] colour) {
    return (colour[0] + colour[1] + colour[2]) / 3;
  }

  /** The mean red, green and blue of a few pictures. */
  private static double[] meanColour(Sampler sampler, String prompt) {
    double[] sum = new double[3];
    for (long seed : SEEDS) {
      byte[] rgb = draw(sampler, prompt, seed).rgb();
      for (int i = 0; i < rgb.length; i++) {
        sum[i % 3] += (rgb[i] & 0xff) * 3.0 / rgb.length / SEEDS.size();
      }
    }
    return sum;
  }

  private static Picture draw(Sampler sampler, String prompt, long seed) {
    return sampler.draw(new PictureRequest(prompt, "", seed, 12, 4, 128, 128, SchedulerKind.DPMPP_2M, 0,
        Optional.empty()), (done, all) -> { });
  }
}
