package dev.kasane.diffusion.demo.base;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.training.DiffusionOps.DIFFUSION;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.tokenizer.ClipTokenizer;
import dev.kasane.diffusion.demo.SceneCaption;
import dev.kasane.diffusion.demo.SceneGenerator;
import dev.kasane.diffusion.scheduler.NoiseSchedule;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import java.util.Random;

/**
 * Second stage: text encoder and U-Net learn together to take noise off the latents of captioned scenes.
 *
 * <p>What a picture shows is decided while there is much noise, where the error of the predicted noise
 * hardly tells one scene from another. So a loss counts 1/sqrt(SNR) where SNR is below 1; above, it counts
 * min(SNR, 5)/SNR (Hang et al. 2023, "Min-SNR Weighting", section 3.4).
 *
 * @param unet the U-Net
 * @param textEncoder the text encoder
 * @param tokenizer the tokeniser
 * @param noise the noise schedule
 * @param scenes the generator whose scenes were encoded
 * @param latents (scenes, channels, height, width), scaled
 * @param batchSize pictures a step
 * @param type what is computed in
 */
record DenoiserStage(UNet2DConditionModel unet, ClipTextModel textEncoder, ClipTokenizer tokenizer, NoiseSchedule noise,
    SceneGenerator scenes, NDArray latents, int batchSize, DataType type)
    implements Objective<DenoiserStage.Batch>, BatchSource<DenoiserStage.Batch> {
  private static final double CAPTION_DROPOUT = 0.1;
  private static final double STRANGE_WORD_SHARE = 0.3;
  private static final float SNR_LIMIT = 5;

  /** Scenes by number, their captions' tokens and the timesteps to noise them to. */
  record Batch(long[] scenes, long[] ids, int[] timesteps) {}

  @Override
  public Batch batch(long number) {
    Random random = new Random(number * 0x9E3779B97F4A7C15L);
    long[] chosen = new long[batchSize];
    int[] timesteps = new int[batchSize];
    long[] ids = new long[batchSize * ClipTokenizer.MAX_LENGTH];
    for (int i = 0; i < batchSize; i++) {
      chosen[i] = random.nextInt((int) latents.getShape().get(0));
      timesteps[i] = random.nextInt(noise.trainTimesteps());
      int[] tokens = tokenizer.tokenize(caption(chosen[i], random)).ids();
      for (int t = 0; t < tokens.length; t++) {
        ids[i * tokens.length + t] = tokens[t];
      }
    }
    return new Batch(chosen, ids, timesteps);
  }

  private String caption(long scene, Random random) {
    if (random.nextDouble() < CAPTION_DROPOUT) {
      return "";
    }
    String caption = SceneCaption.varied(scenes.scene(scene), random.nextLong());
    return random.nextDouble() < STRANGE_WORD_SHARE ? StrangeWords.before(caption, random) : caption;
  }

  @Override
  public NDArray loss(Batch batch, NDManager scope) {
    NDArray clean = DIFFUSION.rows(scope, latents, scope.create(batch.scenes()));
    NDArray added = Ops.randomNormal(scope, clean.getShape());
    NDArray noisy = noise.addNoise(clean, added, batch.timesteps());
    NDArray ids = scope.create(batch.ids(), new Shape(batchSize, ClipTokenizer.MAX_LENGTH));
    NDArray context = textEncoder.forward(ids, 0, type);
    NDArray prediction =
        unet.forward(OPS.cast(noisy, type), scope.create(batch.timesteps()), context);
    return DIFFUSION.weightedSquaredError(prediction, added, scope.create(weights(batch.timesteps())));
  }

  private float[] weights(int[] timesteps) {
    float[] weights = new float[timesteps.length];
    for (int i = 0; i < weights.length; i++) {
      float snr = noise.snr(timesteps[i]);
      weights[i] = snr < 1 ? (float) (1 / Math.sqrt(snr)) : Math.min(snr, SNR_LIMIT) / snr;
    }
    return weights;
  }
}
