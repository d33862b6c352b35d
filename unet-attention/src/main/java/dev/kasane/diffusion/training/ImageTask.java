package dev.kasane.diffusion.training;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.TrainingTask;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;

/** Learning from pictures, each of which is encoded once. */
public final class ImageTask implements TrainingTask<PictureBatch> {
  private final TrainingPictures pictures;
  private final EncodedPictures encoded;
  private final DiffusionObjective objective;
  private final Device device;

  /**
   * @param model the base, with the adapters attached
   * @param baseHash identifies the base's weights in the cache
   * @param adapters what is trained
   * @param pictures what it is trained on
   * @param cache folder for encoded pictures and captions
   * @param owner owner of what is kept of them in memory, on the model's device
   */
  public ImageTask(ImageModel model, String baseHash, AdapterSet adapters, TrainingPictures pictures, Path cache,
      NDManager owner) {
    this.pictures = pictures;
    this.device = owner.getDevice();
    boolean trainText = adapters.layers().stream().anyMatch(each -> each.component().equals(ImageModel.TEXT_ENCODER));
    this.encoded = new EncodedPictures(model, baseHash, pictures, cache, owner);
    this.objective = new DiffusionObjective(model, encoded, pictures.options().noise(), trainText,
        pictures.options().gradientCheckpointing());
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

  @Override
  public Objective<PictureBatch> objective() {
    return objective;
  }

  @Override
  public BatchSource<PictureBatch> batches() {
    return pictures;
  }

  @Override
  public double rateFactor(String parameter) {
    return parameter.startsWith(ImageModel.TEXT_ENCODER + ".") ? pictures.options().textEncoderRate() : 1;
  }

  @Override
  public boolean holdsBack() {
    return !pictures.split().validation().isEmpty();
  }

  /** At fixed timesteps and with fixed noise; not a number when no pictures were kept out. */
  @Override
  public double heldOutLoss() {
    List<PictureBatch> batches = pictures.validation();
    double sum = 0;
    for (int i = 0; i < batches.size(); i++) {
      TorchBridge.seed(i);
      try (NDManager scope = Engines.newManager(device); GradMode off = GradMode.off()) {
        sum += objective.loss(batches.get(i), scope).getFloat();
      }
    }
    return sum / batches.size();
  }
}
