package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** One run that trains adapters on pictures: encodes once, trains, checkpoints, goes on where it stopped. */
public final class ImageTraining implements AutoCloseable {
  private final NDManager owner = Engines.newManager();
  private final TrainingPlan plan;
  private final TrainingPictures pictures;
  private final AdapterSet adapters;
  private final EncodedPictures encoded;
  private final DiffusionObjective objective;
  private final Optimizer optimizer;
  private final Map<String, NDArray> state = new LinkedHashMap<>();

  /**
   * @param model the base, with the adapters attached
   * @param baseHash identifies the base's weights in the cache
   * @param adapters what is trained
   * @param pictures what it is trained on
   * @param plan steps, learning rate, seed
   * @param settings the constants of AdamW
   * @param cache folder for encoded pictures and captions
   */
  public ImageTraining(ImageModel model, String baseHash, AdapterSet adapters, TrainingPictures pictures,
      TrainingPlan plan, AdamW.Settings settings, Path cache) {
    this(model, baseHash, adapters, pictures, plan, OptimizerFactory.adamW(settings), cache);
  }

  /**
   * The same with an optimiser of the caller's choice.
   *
   * @param optimizers makes the optimiser, which is closed with this run
   */
  public ImageTraining(ImageModel model, String baseHash, AdapterSet adapters, TrainingPictures pictures,
      TrainingPlan plan, OptimizerFactory optimizers, Path cache) {
    this.plan = plan;
    this.pictures = pictures;
    this.adapters = adapters;
    boolean trainText = adapters.layers().stream().anyMatch(each -> each.component().equals(ImageModel.TEXT_ENCODER));
    this.encoded = new EncodedPictures(model, baseHash, pictures, cache, owner);
    this.objective = new DiffusionObjective(model, encoded, pictures.options().noise(), trainText,
        pictures.options().gradientCheckpointing());
    Map<String, NDArray> parameters = adapters.trainableParameters();
    this.optimizer = optimizers.make(parameters,
        name -> name.startsWith(ImageModel.TEXT_ENCODER + ".") ? pictures.options().textEncoderRate() : 1, owner);
    parameters.forEach((name, tensor) -> state.put("parameter." + name, tensor));
    state.putAll(optimizer.state());
  }

  /**
   * Encodes every picture that is not in the cache yet. Captions follow when they are first shown.
   *
   * @param progress told of pictures done and pictures in all
   */
  public void encode(BiConsumer<Integer, Integer> progress) {
    List<DatasetPicture> all = pictures.dataset().pictures();
    for (int i = 0; i < all.size(); i++) {
      encoded.moments(all.get(i), false);
      if (pictures.options().flipShare() > 0) {
        encoded.moments(all.get(i), true);
      }
      progress.accept(i + 1, all.size());
    }
  }

  /**
   * Trains to the end, from the newest checkpoint if there is one.
   *
   * @param done steps that {@link #restore} has found
   * @param listeners told of every step
   */
  public void train(long done, List<TrainingListener> listeners) {
    adapters.phase(LayerAdapter.Phase.TRAINING);
    new Trainer<>(objective, pictures, optimizer, plan, listeners).run(done);
    adapters.phase(LayerAdapter.Phase.INFERENCE);
  }

  /** Restores the newest checkpoint and returns the steps done. */
  public long restore(Checkpoints checkpoints) {
    return checkpoints.restore(state);
  }

  /** Writes a checkpoint of the steps done. */
  public void save(Checkpoints checkpoints, long step) {
    checkpoints.save(step, state);
  }

  /** A listener that writes a checkpoint every few steps. */
  public TrainingListener checkpointing(Checkpoints checkpoints, long every) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        if (step.number() % every == 0 || step.number() == plan.steps()) {
          save(checkpoints, step.number());
        }
      }
    };
  }

  /**
   * The mean loss on the pictures that were kept out, at fixed timesteps and with fixed noise.
   *
   * @return not a number when none were kept out
   */
  public double validationLoss() {
    List<PictureBatch> batches = pictures.validation();
    adapters.phase(LayerAdapter.Phase.INFERENCE);
    double sum = 0;
    for (int i = 0; i < batches.size(); i++) {
      TorchBridge.seed(i);
      try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
        sum += objective.loss(batches.get(i), scope).getFloat();
      }
    }
    adapters.phase(LayerAdapter.Phase.TRAINING);
    return sum / batches.size();
  }

  @Override
  public void close() {
    optimizer.close();
    owner.close();
  }
}
