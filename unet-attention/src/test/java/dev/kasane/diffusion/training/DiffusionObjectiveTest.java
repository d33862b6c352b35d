package dev.kasane.diffusion.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.training.DiffusionOps.DIFFUSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loss against one that is worked out by hand, number by number. */
class DiffusionObjectiveTest {
  private static final int CHANNELS = 4;
  private static final int AREA = 8 * 8;
  /** Signal-to-noise ratios of about 100, 3.3 and 0.01, on both sides of a gamma of 5. */
  private static final int[] TIMESTEPS = {60, 300, 950};

  @TempDir
  private Path folder;

  private static double alphaCumprod(int timestep) {
    double product = 1;
    for (int t = 0; t <= timestep; t++) {
      double root = Math.sqrt(0.00085) + (Math.sqrt(0.012) - Math.sqrt(0.00085)) * t / 999;
      product *= 1 - root * root;
    }
    return product;
  }

  private static double weight(int timestep, double gamma, boolean velocity) {
    double alpha = alphaCumprod(timestep);
    double snr = alpha / (1 - alpha);
    return gamma == 0 ? 1 : Math.min(snr, gamma) / (velocity ? snr + 1 : snr);
  }

  private static PictureBatch batch(TrainingPictures pictures) {
    var all = pictures.dataset().pictures();
    assertThat(all.get(3).regularisation()).isTrue();
    return new PictureBatch(List.of(
        new PictureBatch.Item(all.get(0), "red, cat", false, TIMESTEPS[0]),
        new PictureBatch.Item(all.get(1), "a dog", true, TIMESTEPS[1]),
        new PictureBatch.Item(all.get(3), "a bird", false, TIMESTEPS[2])));
  }

  @ParameterizedTest
  @CsvSource({
      "sd1-tiny, 0, 0, 1", "sd1-tiny, 5, 0, 1", "sd1-tiny, 0, 0.3, 1", "sd1-tiny, 0, 0, 0.25",
      "sd2-tiny, 0, 0, 1", "sd2-tiny, 5, 0.1, 0.5"})
  void isTheWeightedSquaredError(String base, double gamma, double offset, double prior) {
    try (TinyRun run = new TinyRun(base, ElementType.FLOAT32, folder)) {
      TrainingPictures pictures = run.pictures(TinyRun.options(
          CaptionOptions.UNCHANGED, new NoiseOptions(gamma, offset, prior, 0, 1000), false));
      EncodedPictures encoded = run.encoded(pictures);
      PictureBatch batch = batch(pictures);
      TorchBridge.seed(77);
      double loss = new DiffusionObjective(run.model, encoded, pictures.options().noise(), false, false)
          .loss(batch, run.scope).getFloat();

      double expected = byHand(run, encoded, batch, base.equals("sd2-tiny"), gamma, offset, prior);
      assertThat(loss).isCloseTo(expected, within(expected * 1e-5));
    }
  }

  private double byHand(TinyRun run, EncodedPictures encoded, PictureBatch batch, boolean velocity, double gamma,
      double offset, double prior) {
    Shape shape = new Shape(batch.items().size(), CHANNELS, 8, 8);
    TorchBridge.seed(77);
    float[] drawn = Ops.randomNormal(run.scope, shape).toFloatArray();
    float[] noise = Ops.randomNormal(run.scope, shape).toFloatArray();
    if (offset > 0) {
      float[] means = Ops.randomNormal(run.scope, new Shape(shape.get(0), CHANNELS, 1, 1)).toFloatArray();
      for (int i = 0; i < noise.length; i++) {
        noise[i] += (float) offset * means[i / AREA];
      }
    }
    float[] clean = clean(encoded, batch, drawn);
    float[] noisy = new float[clean.length];
    double[] target = new double[clean.length];
    for (int i = 0; i < clean.length; i++) {
      double alpha = alphaCumprod(TIMESTEPS[i / (CHANNELS * AREA)]);
      noisy[i] = (float) (Math.sqrt(alpha) * clean[i] + Math.sqrt(1 - alpha) * noise[i]);
      target[i] = velocity ? Math.sqrt(alpha) * noise[i] - Math.sqrt(1 - alpha) * clean[i] : noise[i];
    }
    float[] answer = predict(run, encoded, batch, run.scope.create(noisy, shape));
    double loss = 0;
    for (int i = 0; i < answer.length; i++) {
      int item = i / (CHANNELS * AREA);
      double share = weight(TIMESTEPS[item], gamma, velocity) * (item == 2 ? prior : 1);
      loss += share * Math.pow(answer[i] - target[i], 2) / answer.length;
    }
    return loss;
  }

  private static float[] clean(EncodedPictures encoded, PictureBatch batch, float[] drawn) {
    float[] clean = new float[drawn.length];
    for (int item = 0; item < batch.items().size(); item++) {
      PictureBatch.Item shown = batch.items().get(item);
      float[] moments = encoded.moments(shown.picture(), shown.flip()).toFloatArray();
      for (int i = 0; i < CHANNELS * AREA; i++) {
        int at = item * CHANNELS * AREA + i;
        double deviation = Math.exp(0.5 * moments[CHANNELS * AREA + i]);
        clean[at] = (float) (0.18215 * (moments[i] + deviation * drawn[at]));
      }
    }
    return clean;
  }

  private static float[] predict(TinyRun run, EncodedPictures encoded, PictureBatch batch, NDArray noisy) {
    List<NDArray> captions =
        batch.items().stream().map(item -> encoded.caption(item.caption(), run.scope)).toList();
    NDArray context = DIFFUSION.stack(run.scope, captions);
    NDArray answer = run.model.unet().forward(noisy, run.scope.create(TIMESTEPS), context);
    return OPS.cast(answer, DataType.FLOAT32).toFloatArray();
  }

  @Test
  void mirroredPicturesAreEncodedMirrored() {
    try (TinyRun run = new TinyRun("sd1-tiny", ElementType.FLOAT32, folder)) {
      TrainingPictures pictures =
          run.pictures(TinyRun.options(CaptionOptions.UNCHANGED, TinyRun.PLAIN_NOISE, false));
      EncodedPictures encoded = run.encoded(pictures);
      var picture = pictures.dataset().pictures().get(0);
      assertThat(encoded.moments(picture, true).toFloatArray())
          .isNotEqualTo(encoded.moments(picture, false).toFloatArray());
    }
  }
}
