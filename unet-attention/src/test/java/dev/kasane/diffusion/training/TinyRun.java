package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.AdapterTraining;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.Goldens;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.data.DatasetOptions;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.data.batch.BucketPlan;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** A tiny base, a few pictures of noise and a method: everything that a run needs. */
final class TinyRun implements AutoCloseable {
  static final NoiseOptions PLAIN_NOISE = new NoiseOptions(0, 0, 1, 0, 1000);

  final NDManager scope;
  final ImageModel model;
  private final Path folder;

  TinyRun(String base, ElementType precision, Path folder) {
    this(base, precision, folder, Engines.newManager());
  }

  TinyRun(String base, ElementType precision, Path folder, NDManager scope) {
    this.folder = folder;
    this.scope = scope;
    this.model = ImageModels.open(Goldens.FOLDER.resolve(base), BaseOptions.none(), precision, scope);
  }

  /** Draws a picture and writes its caption; the same arguments give the same picture. */
  static void picture(Path folder, String name, String caption) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(name.hashCode());
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, random.nextInt());
    }
    try {
      Files.createDirectories(folder);
      ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
      Files.writeString(folder.resolve(name + ".txt"), caption);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ImageTrainingOptions options(CaptionOptions captions, NoiseOptions noise, boolean checkpointing) {
    return new ImageTrainingOptions(captions, BucketPlan.square(64), false, 2, 0.5, 0, noise, 0, 1, checkpointing, 5);
  }

  /** Three pictures to learn from and one prior picture. */
  TrainingPictures pictures(ImageTrainingOptions options) {
    picture(folder.resolve("data"), "a", "red, cat, ink");
    picture(folder.resolve("data"), "b", "blue, dog, ink, wet");
    picture(folder.resolve("data"), "c", "a green bird");
    picture(folder.resolve("prior"), "p", "a bird");
    DatasetOptions data = DatasetOptions.of(folder.resolve("data")).withRegularisation(folder.resolve("prior"));
    return new TrainingPictures(PictureDataset.scan(data), options);
  }

  EncodedPictures encoded(TrainingPictures pictures) {
    return new EncodedPictures(model, "base", pictures, folder.resolve("cache"), scope);
  }

  AdapterSet attach(boolean text) {
    List<AdapterSet> sets = new ArrayList<>();
    model.components().forEach((name, module) -> {
      if (text || name.equals(ImageModel.UNET)) {
        sets.add(Injector.attachFresh(name, module, TargetSelector.of(List.of("attn"), List.of()),
            new MethodChoice(new FullDelta(), Map.of()), scope));
      }
    });
    return AdapterSet.join(sets);
  }

  /** Trains and returns the losses. */
  List<Double> train(TrainingPictures pictures, AdapterSet adapters, int steps, double rate) {
    TrainingPlan plan = new TrainingPlan(steps, 1,
        new LearningRate(LearningRate.Kind.CONSTANT, rate, 0, steps), 1, 5).computingIn(model.type());
    List<Double> losses = new ArrayList<>();
    ImageTask task = new ImageTask(model, "base", adapters, pictures, folder.resolve("cache"), scope);
    try (AdapterTraining<PictureBatch> training = new AdapterTraining<>(
        task, adapters, plan, OptimizerFactory.adamW(AdamW.Settings.DEFAULT))) {
      training.train(0, List.of(new TrainingListener() {
        @Override
        public void onStep(StepReport step) {
          losses.add(step.loss());
        }
      }));
    }
    return losses;
  }

  static float[] values(AdapterSet adapters) {
    List<Float> all = new ArrayList<>();
    for (NDArray parameter : adapters.trainableParameters().values()) {
      for (float value : parameter.toFloatArray()) {
        all.add(value);
      }
    }
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }

  @Override
  public void close() {
    scope.close();
  }
}
