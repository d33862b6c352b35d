package dev.kasane.app.training;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.terminal.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.family.Samples;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.AdapterTraining;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.core.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One run of {@code kasane train} around the training itself: files, progress, samples, the end. */
public final class TrainingSession {
  private static final String REMEDY = "Name another folder with «output», or give «overwrite» to train anew.";

  private final AdapterSet adapters;
  private final TrainingPlan plan;
  private final Output output;
  private final RunFolder files;
  private final SampleFiles<?> samples;
  private final Consumer<String> tell;

  /**
   * Where the run's results go and how often.
   *
   * @param folder the run's folder
   * @param name of the run and its adapter
   * @param overwrite whether a finished run may be replaced
   * @param checkpointEvery steps between checkpoints
   * @param keepCheckpoint whether the last checkpoint stays, for more steps
   * @param sampleEvery steps between samples, 0 for none while training
   * @param measureEvery steps between measurements on what was held back
   * @param formats every format, each of which notes the training in the metadata in its words
   * @param format writes the adapter
   * @param storage type of the saved tensors
   */
  public record Output(Path folder, String name, boolean overwrite, long checkpointEvery, boolean keepCheckpoint,
      long sampleEvery, long measureEvery, List<AdapterFormat> formats, AdapterFormat format, ElementType storage) {}

  /**
   * @param adapters what is trained, attached to the base
   * @param samples what is tried out
   * @param plan steps, learning rate, seed
   * @param output where results go
   * @param tell shows a line to the user
   */
  public TrainingSession(
      AdapterSet adapters, Samples<?> samples, TrainingPlan plan, Output output, Consumer<String> tell) {
    this.adapters = adapters;
    this.plan = plan;
    this.output = output;
    this.files = new RunFolder(output.folder(), output.name(), output.format().writesFolders());
    this.samples = new SampleFiles<>(samples, adapters, files, output.sampleEvery());
    this.tell = tell;
  }

  /**
   * Trains to the end and writes everything.
   *
   * @param task makes what is learnt, once it is known that the results can be written
   * @param optimizers makes the optimiser
   * @param facts what the run is made of
   * @return the files and folders that were written
   */
  public <B> List<Path> run(Supplier<TrainingTask<B>> task, OptimizerFactory optimizers, TrainingFacts facts) {
    files.make();
    try (RunLock lock = RunLock.take(files.path())) {
      Checkpoints checkpoints = checkpoints(facts.runHash());
      write(facts.record(), model -> FormatTrial.run(output.format(), model, output.storage(), files.path()));
      LossLog log = train(task.get(), optimizers, checkpoints);
      return finish(checkpoints, log, facts.record());
    }
  }

  private Checkpoints checkpoints(String runHash) {
    Checkpoints checkpoints = new Checkpoints(files.checkpoints(), runHash, 2, tell);
    // With checkpoints beside it, an adapter is what a run wrote that was killed before its very end.
    if (output.overwrite() && !checkpoints.canGoOn()) {
      checkpoints.clear();
    } else if (checkpoints.newest().isEmpty()) {
      OptionalLong finished = checkpoints.finished();
      if (files.hasAdapter()) {
        requireMoreSteps(finished);
      } else if (finished.isEmpty() && checkpoints.hasFinished()) {
        throw new UserException("A finished run of another base, other settings or other data left its last checkpoint"
            + " in " + files.checkpoints() + ", and this run would replace it. " + REMEDY);
      } else if (finished.orElse(Long.MAX_VALUE) > plan.steps()) {
        checkpoints.clear();
      }
    }
    return checkpoints;
  }

  /** A finished run of the same kind is made longer, and no other touched. */
  private void requireMoreSteps(OptionalLong finished) {
    String found = "A finished run lies at " + files.adapter();
    if (finished.isEmpty()) {
      throw new UserException(found + ", of which no checkpoint was kept or which is of another base, other settings"
          + " or other data (with a «learning-rate schedule» that is not constant, the number of steps is one of them)."
          + " "
          + REMEDY);
    } else if (finished.getAsLong() >= plan.steps()) {
      throw new UserException(found + ", after " + finished.getAsLong() + " steps. Ask for more with «steps» to go on"
          + " from there; or: " + REMEDY.substring(0, 1).toLowerCase(Locale.ROOT) + REMEDY.substring(1));
    }
    tell.accept(found + "; it goes on from step " + finished.getAsLong() + ".");
  }

  private <B> LossLog train(TrainingTask<B> task, OptimizerFactory optimizers, Checkpoints checkpoints) {
    try (AdapterTraining<B> training = new AdapterTraining<>(task, adapters, plan, optimizers)) {
      long done = training.restore(checkpoints);
      if (done > plan.steps()) {
        throw new UserException("The run in " + files.path() + " has done " + done + " steps, more than the "
            + plan.steps() + " that are asked for. Ask for more with «steps», or choose another folder with"
            + " «output».");
      }
      LossLog log = new LossLog(files.lossLog(), done);
      try (Progress progress = Progress.start("Training", "steps", plan.steps(), done);
          Interruption interruption = new Interruption(step -> training.save(checkpoints, step), progress::note)) {
        List<TrainingListener> listeners = new ArrayList<>();
        listeners.add(log);
        listeners.add(samples);
        if (task.holdsBack()) {
          listeners.add(measuring(task, training, log, progress));
        }
        listeners.add(showing(progress));
        // Behind all that a step leaves on disk: what goes on from a checkpoint does not make up for it.
        listeners.add(training.checkpointing(checkpoints, output.checkpointEvery()));
        listeners.add(interruption);
        training.train(done, listeners);
      }
      return log;
    }
  }

  private static TrainingListener showing(Progress progress) {
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

  private <B> TrainingListener measuring(
      TrainingTask<B> task, AdapterTraining<B> training, LossLog log, Progress progress) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        if (step.number() % output.measureEvery() == 0 || step.number() == plan.steps()) {
          double loss = training.heldOutLoss();
          log.validation(step.number(), loss);
          progress.note("Step " + step.number() + ": " + task.describe(loss));
        }
      }
    };
  }

  /** Writes the adapter as it is. Metadata belong to whoever reads them, so that every format's are in any file. */
  private void write(TrainingRecord training, Consumer<AdapterModel> writer) {
    Map<String, String> metadata = new TreeMap<>();
    output.formats().forEach(each -> metadata.putAll(each.metadata(training)));
    try (NDManager host = Engines.newManager()) {
      AdapterModel model = adapters.toModel(metadata).placed(host);
      writer.accept(new AdapterModel(model.components(), List.of(), metadata, List.of(), Optional.of(training)));
    }
  }

  private List<Path> finish(Checkpoints checkpoints, LossLog log, TrainingRecord training) {
    List<Path> written = new ArrayList<>();
    try {
      write(training, model -> output.format().write(model, files.adapter(), output.storage()));
    } catch (FileFault e) {
      throw new UserException("Adapter " + files.adapter() + " cannot be written: " + e.getMessage()
          + ". Run the same command again to write it from the last checkpoint.", e);
    }
    written.add(files.adapter());
    LossPlot.write(log.points(), files.lossPlot());
    written.add(files.lossPlot());
    samples.writeBeforeAfter().ifPresent(written::add);
    if (output.keepCheckpoint()) {
      checkpoints.finish();
    } else {
      checkpoints.clear();
    }
    tell.accept("Done after " + plan.steps() + (plan.steps() == 1 ? " step." : " steps."));
    return written;
  }
}
