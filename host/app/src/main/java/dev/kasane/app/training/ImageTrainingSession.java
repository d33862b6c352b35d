package dev.kasane.app.training;

import dev.kasane.app.progress.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.data.Picture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.training.ImageTraining;
import dev.kasane.diffusion.training.TrainingPictures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run of {@code kasane train image} around the training itself: files, progress, samples, the end. */
public final class ImageTrainingSession {
  private final ImageModel model;
  private final AdapterSet adapters;
  private final TrainingPictures pictures;
  private final TrainingPlan plan;
  private final Output output;
  private final SamplePictures samples;

  /**
   * Where the run's results go and how often.
   *
   * @param folder the run's folder
   * @param name of the run and its adapter
   * @param overwrite whether a finished run may be replaced
   * @param cache folder for encoded pictures
   * @param checkpointEvery steps between checkpoints
   * @param sampleEvery steps between sample pictures, 0 for none
   * @param validateEvery steps between measurements on the pictures kept out
   * @param format writes the adapter
   * @param storage type of the saved tensors
   */
  public record Output(Path folder, String name, boolean overwrite, Path cache, long checkpointEvery,
      long sampleEvery, long validateEvery, AdapterFormat format, String storage) {}

  /**
   * What is drawn while training and for the grid at the end.
   *
   * @param prompts the prompts, empty for no pictures
   * @param steps steps of the scheduler
   * @param guidance strength of guidance
   * @param size side of the pictures
   * @param seed of the noise
   */
  public record Samples(List<String> prompts, int steps, double guidance, int size, long seed) {}

  /**
   * @param model the base with the adapters attached
   * @param adapters what is trained
   * @param pictures what it is trained on
   * @param plan steps, learning rate, seed
   * @param output where results go
   * @param drawn what is drawn
   */
  public ImageTrainingSession(ImageModel model, AdapterSet adapters, TrainingPictures pictures,
      TrainingPlan plan, Output output, Samples drawn) {
    this.model = model;
    this.adapters = adapters;
    this.pictures = pictures;
    this.plan = plan;
    this.output = output;
    this.samples = new SamplePictures(model, drawn);
  }

  /**
   * Trains to the end and writes everything.
   *
   * @param facts what the run is made of
   * @param optimizers makes the optimiser
   * @return the files that were written
   */
  public List<Path> run(TrainingFacts facts, OptimizerFactory optimizers) {
    RunFolder files = new RunFolder(output.folder(), output.name(), output.format().writesFolders());
    files.make();
    try (RunLock lock = RunLock.take(files.path())) {
      return run(files, facts, optimizers);
    }
  }

  private List<Path> run(RunFolder files, TrainingFacts facts, OptimizerFactory optimizers) {
    Checkpoints checkpoints = new Checkpoints(files.checkpoints(), facts.runHash(), 2);
    // With checkpoints beside it, an adapter is what a run wrote that was killed before its very end.
    if (output.overwrite() && checkpoints.holdsAnotherRun()) {
      checkpoints.clear();
    }
    files.requireFree(output.overwrite() || checkpoints.newest().isPresent());
    FormatTrial.run(output.format(), adapters.toModel(facts.metadata()), output.storage(), files.path());
    try (ImageTraining training = new ImageTraining(
        model, facts.baseHash(), adapters, pictures, plan, optimizers, output.cache())) {
      encode(training);
      long done = training.restore(checkpoints);
      LossLog log = new LossLog(files.lossLog(), done);
      train(training, checkpoints, done, log, files);
      return finish(checkpoints, log, files, facts.metadata());
    }
  }

  private void encode(ImageTraining training) {
    int all = pictures.dataset().pictures().size();
    try (Progress progress = Progress.start("Encoding", "pictures", all, 0)) {
      training.encode((done, total) -> progress.stepTo(done));
    }
  }

  private void train(ImageTraining training, Checkpoints checkpoints, long done, LossLog log, RunFolder files) {
    try (Progress progress = Progress.start("Training", "steps", plan.steps(), done);
        Interruption interruption = new Interruption(step -> training.save(checkpoints, step), progress::note)) {
      List<TrainingListener> listeners = new ArrayList<>();
      listeners.add(log);
      listeners.add(sampling(files));
      listeners.add(validating(training, log));
      listeners.add(showing(progress));
      // Behind all that a step leaves on disk: what goes on from a checkpoint does not make up for it.
      listeners.add(training.checkpointing(checkpoints, output.checkpointEvery()));
      listeners.add(interruption);
      training.train(done, listeners);
    }
  }

  private TrainingListener showing(Progress progress) {
    return new TrainingListener() {
      private double mean = Double.NaN;

      @Override
      public void onStep(StepReport step) {
        mean = Double.isNaN(mean) ? step.loss() : 0.95 * mean + 0.05 * step.loss();
        progress.message(String.format(Locale.ROOT, "loss %.4f, rate %.2g", mean, step.learningRate()));
        progress.stepTo(step.number());
      }
    };
  }

  private TrainingListener sampling(RunFolder files) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        if (output.sampleEvery() > 0 && step.number() % output.sampleEvery() == 0 && !samples.isEmpty()) {
          List<Picture> drawn = samples.drawWith(adapters);
          samples.write(drawn, files.samples().resolve(String.format("step-%06d.png", step.number())));
        }
      }
    };
  }

  private TrainingListener validating(ImageTraining training, LossLog log) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        boolean due = step.number() % output.validateEvery() == 0 || step.number() == plan.steps();
        if (due && !pictures.split().validation().isEmpty()) {
          log.validation(step.number(), training.validationLoss());
        }
      }
    };
  }

  private List<Path> finish(
      Checkpoints checkpoints, LossLog log, RunFolder files, Map<String, String> metadata) {
    List<Path> written = new ArrayList<>();
    try {
      output.format().write(adapters.toModel(metadata), files.adapter(), output.storage());
    } catch (IOException e) {
      throw new UserException("Adapter " + files.adapter() + " cannot be written: " + e.getMessage()
          + ". Run the same command again to write it from the last checkpoint.", e);
    }
    written.add(files.adapter());
    LossPlot.write(log.points(), files.lossPlot());
    written.add(files.lossPlot());
    if (!samples.isEmpty()) {
      samples.writeBeforeAfter(samples.drawWithout(adapters), samples.drawWith(adapters), files.grid());
      written.add(files.grid());
    }
    checkpoints.clear();
    return written;
  }
}
