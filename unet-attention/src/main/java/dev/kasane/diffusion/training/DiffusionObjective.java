package dev.kasane.diffusion.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.pipeline.PipelineOps.PIPELINE;
import static dev.kasane.diffusion.training.DiffusionOps.DIFFUSION;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.scheduler.NoiseSchedule;
import dev.kasane.diffusion.scheduler.PredictionType;
import java.util.List;

/**
 * The denoising objective: noise a picture's latents, let the U-Net predict the noise (Ho et al. 2020,
 * equation 14) or the velocity (Salimans and Ho 2022, appendix D), compare.
 */
public final class DiffusionObjective implements Objective<PictureBatch> {
  /** Place of the text encoder's output in the state of the U-Net's segments. */
  private static final int CONTEXT = 2;

  private final ImageModel model;
  private final EncodedPictures pictures;
  private final NoiseOptions options;
  private final NoiseSchedule schedule;
  private final boolean velocity;
  private final boolean trainText;
  private final boolean checkpointing;

  /**
   * @param model the base with its adapters
   * @param pictures latents and captions
   * @param options noise and weights
   * @param trainText whether gradients reach the text encoder
   * @param checkpointing whether the U-Net's inner results are computed again rather than kept
   */
  DiffusionObjective(ImageModel model, EncodedPictures pictures, NoiseOptions options, boolean trainText,
      boolean checkpointing) {
    this.model = model;
    this.pictures = pictures;
    this.options = options;
    this.trainText = trainText;
    this.checkpointing = checkpointing;
    this.schedule = NoiseSchedule.of(model.scheduler());
    this.velocity = model.scheduler().predictionType() == PredictionType.V_PREDICTION;
  }

  @Override
  public NDArray loss(PictureBatch batch, NDManager scope) {
    Prepared prepared = prepare(batch, scope);
    return prepared.loss(model.unet().forward(prepared.noisy(), prepared.timesteps(), prepared.context()));
  }

  @Override
  public NDArray backward(PictureBatch batch, NDManager scope, double weight) {
    return checkpointing ? backwardInSegments(batch, scope, weight) : Objective.super.backward(batch, scope, weight);
  }

  private NDArray backwardInSegments(PictureBatch batch, NDManager scope, double weight) {
    try (GradMode on = GradMode.on()) {
      Prepared prepared = prepare(batch, scope);
      NDList state = model.unet().state(prepared.noisy(), prepared.timesteps(), prepared.context());
      try (SegmentedRun run = new SegmentedRun(model.unet().segments(), scope)) {
        run.forward(state);
        NDArray loss = run.backward(prepared::loss, weight);
        if (trainText) {
          run.inputGradient(CONTEXT).ifPresent(gradient -> TorchBridge.backward(state.get(CONTEXT), gradient));
        }
        return loss;
      }
    }
  }

  /** What the U-Net gets and what it should answer. */
  private record Prepared(NDArray noisy, NDArray timesteps, NDArray context, NDArray target, NDArray weights) {
    NDArray loss(NDArray prediction) {
      return DIFFUSION.weightedSquaredError(prediction, target, weights);
    }
  }

  private Prepared prepare(PictureBatch batch, NDManager scope) {
    int[] timesteps = batch.items().stream().mapToInt(PictureBatch.Item::timestep).toArray();
    NDArray clean = latents(batch, scope);
    NDArray noise = Ops.randomNormal(scope, clean.getShape());
    if (options.noiseOffset() > 0) {
      noise = DIFFUSION.offsetNoise(noise, options.noiseOffset());
    }
    NDArray noisy = OPS.cast(schedule.addNoise(clean, noise, timesteps), model.type());
    NDArray target = velocity ? schedule.velocity(clean, noise, timesteps) : noise;
    return new Prepared(noisy, scope.create(timesteps), context(batch, scope), target, scope.create(weights(batch)));
  }

  private NDArray latents(PictureBatch batch, NDManager scope) {
    List<NDArray> moments = batch.items().stream()
        .map(item -> Ops.placed(scope, pictures.moments(item.picture(), item.flip()))).toList();
    NDArray stacked = DIFFUSION.stack(scope, moments);
    NDArray shape = stacked.split(2, 1).get(0);
    NDArray drawn = PIPELINE.drawLatents(stacked, Ops.randomNormal(scope, shape.getShape()));
    return OPS.scale(drawn, model.vae().config().scalingFactor());
  }

  private NDArray context(PictureBatch batch, NDManager scope) {
    List<NDArray> captions = batch.items().stream().map(item -> trainText
        ? pictures.liveCaption(item.caption(), scope) : pictures.caption(item.caption(), scope)).toList();
    return DIFFUSION.stack(scope, ContextLengths.align(captions));
  }

  private float[] weights(PictureBatch batch) {
    float[] weights = new float[batch.items().size()];
    for (int i = 0; i < weights.length; i++) {
      PictureBatch.Item item = batch.items().get(i);
      double prior = item.picture().regularisation() ? options.priorWeight() : 1;
      weights[i] = (float) (prior * snrWeight(schedule.snr(item.timestep())));
    }
    return weights;
  }

  /** Hang et al. 2023, "Efficient Diffusion Training via Min-SNR Weighting Strategy", section 3.4. */
  private double snrWeight(double snr) {
    double gamma = options.minSnrGamma();
    if (gamma == 0) {
      return 1;
    }
    return Math.min(snr, gamma) / (velocity ? snr + 1 : snr);
  }
}
