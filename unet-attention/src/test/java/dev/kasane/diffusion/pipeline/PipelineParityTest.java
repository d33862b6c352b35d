package dev.kasane.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.Goldens;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole pictures against diffusers' pipelines: prompt to pixels, by every scheduler, wide ones and ones that
 * start from a picture.
 *
 * <p>Of the run {@code ddim-two} only the first picture is compared. Its second one comes from further down
 * the same generator, and here every picture has a seed of its own.
 */
class PipelineParityTest {
  private static final double LATENT_TOLERANCE = 1e-4;
  private static final int PIXEL_TOLERANCE = 2;
  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  static Stream<Arguments> runs() {
    return Stream.of("sd1-tiny", "sd2-tiny").flatMap(base ->
        StreamSupport.stream(((Iterable<String>) () -> settings(base).fieldNames()).spliterator(), false)
            .map(run -> Arguments.of(base, run)));
  }

  private static JsonNode settings(String base) {
    return Goldens.json(base + "/pipelines.json").get("runs");
  }

  @ParameterizedTest
  @MethodSource("runs")
  void drawsWhatDiffusersDraws(String base, String run) {
    Sampler sampler = new Sampler(open(base));
    PictureRequest request = request(base, settings(base).get(run));
    NDArray latents = sampler.drawLatents(request, (done, all) -> {}, scope);
    assertThat(Goldens.relativeError(latents, first(golden(base, run + ".latents"))))
        .isLessThan(LATENT_TOLERANCE);
    Picture picture = sampler.draw(request, (done, all) -> {});
    assertThat(largestDifference(picture, first(golden(base, run + ".image"))))
        .isLessThanOrEqualTo(PIXEL_TOLERANCE);
  }

  /** The tolerance tells another seed, prompt, scheduler and strength of guidance from the right ones. */
  @Test
  void anotherRequestDrawsAnotherPicture() {
    Sampler sampler = new Sampler(open("sd1-tiny"));
    NDArray expected = golden("sd1-tiny", "ddim.image");
    PictureRequest right = request("sd1-tiny", settings("sd1-tiny").get("ddim"));
    List<PictureRequest> wrong = List.of(
        changed(right, right.prompt(), 8, right.guidance(), right.scheduler()),
        changed(right, "a photo of a blue cat", right.seed(), right.guidance(), right.scheduler()),
        changed(right, right.prompt(), right.seed(), 7, right.scheduler()),
        changed(right, right.prompt(), right.seed(), right.guidance(), SchedulerKind.PNDM));
    assertThat(wrong).allSatisfy(request ->
        assertThat(largestDifference(sampler.draw(request, (done, all) -> {}), expected))
            .isGreaterThan(PIXEL_TOLERANCE));
  }

  /** A normalisation follows the layer that is made larger here, so that nothing changes but the range. */
  @Test
  void inFloat16TheAutoencoderDoesNotOverflow() {
    PictureRequest request = request("sd1-tiny", settings("sd1-tiny").get("ddim"));
    Picture plain = new Sampler(open("sd1-tiny", ElementType.FLOAT16)).draw(request, (done, all) -> {});
    ImageModel large = open("sd1-tiny", ElementType.FLOAT16);
    parameters(large.vae(), "decoder.mid_block.resnets.0.conv1.", each -> each.mul(60_000));
    Picture drawn = new Sampler(large).draw(request, (done, all) -> {});
    int largest = 0;
    for (int i = 0; i < plain.rgb().length; i++) {
      largest = Math.max(largest, Math.abs((plain.rgb()[i] & 0xff) - (drawn.rgb()[i] & 0xff)));
    }
    assertThat(largest).isLessThanOrEqualTo(PIXEL_TOLERANCE);
    assertThat(plain.rgb()).isNotEqualTo(new byte[plain.rgb().length]);
  }

  @Test
  void aPictureOfNoNumbersIsRefused() {
    ImageModel model = open("sd1-tiny", ElementType.FLOAT32);
    parameters(model.unet(), "conv_out.", each -> each.mul(Float.NaN));
    PictureRequest request = request("sd1-tiny", settings("sd1-tiny").get("ddim"));
    assertThatThrownBy(() -> new Sampler(model).draw(request, (done, all) -> {})).isInstanceOf(UserException.class)
        .hasMessageContaining("no finite numbers").hasMessageContaining("float32").hasMessageContaining("bfloat16");
  }

  private void parameters(Module module, String prefix, UnaryOperator<NDArray> change) {
    List<Weight> found = module.namedWeights().entrySet().stream().filter(entry -> entry.getKey().startsWith(prefix))
        .map(Map.Entry::getValue).toList();
    assertThat(found).hasSize(2);
    found.forEach(weight -> weight.cover(new DenseWeight(change.apply(weight.dense(scope))), 1));
  }

  private ImageModel open(String base) {
    return open(base, ElementType.FLOAT32);
  }

  private ImageModel open(String base, ElementType precision) {
    return ImageModels.open(Goldens.FOLDER.resolve(base), BaseOptions.none(), precision, scope);
  }

  private PictureRequest request(String base, JsonNode run) {
    SchedulerKind kind = SchedulerKind.parse(run.get("scheduler").asText());
    assertThat(kind.className()).isEqualTo(run.get("scheduler_class").asText());
    Optional<PictureRequest.Start> start = run.has("strength")
        ? Optional.of(new PictureRequest.Start(startPicture(base), run.get("strength").asDouble()))
        : Optional.empty();
    return new PictureRequest(run.get("prompt").asText(), run.get("negative_prompt").asText(),
        run.get("seed").asLong(), run.get("num_inference_steps").asInt(),
        run.get("guidance_scale").asDouble(), run.path("width").asInt(64), run.path("height").asInt(64),
        kind, 0, start);
  }

  private static PictureRequest changed(
      PictureRequest request, String prompt, long seed, double guidance, SchedulerKind scheduler) {
    return new PictureRequest(prompt, request.negative(), seed, request.steps(), guidance, request.width(),
        request.height(), scheduler, 0, request.start());
  }

  private Picture startPicture(String base) {
    NDArray pixels = golden(base, "init_image");
    Shape shape = pixels.getShape();
    return new Picture((int) shape.get(1), (int) shape.get(0), pixels.toByteArray());
  }

  private NDArray golden(String base, String name) {
    return Goldens.tensor(base + "/pipelines.safetensors", name, scope);
  }

  private static NDArray first(NDArray batch) {
    return batch.get("0:1");
  }

  private static int largestDifference(Picture actual, NDArray expected) {
    assertThat(expected.getShape()).isEqualTo(new Shape(1, actual.height(), actual.width(), 3));
    byte[] pixels = expected.toByteArray();
    int largest = 0;
    for (int i = 0; i < pixels.length; i++) {
      largest = Math.max(largest, Math.abs((pixels[i] & 0xff) - (actual.rgb()[i] & 0xff)));
    }
    return largest;
  }
}
