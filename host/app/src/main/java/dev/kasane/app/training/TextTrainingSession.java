package dev.kasane.app.training;

import dev.kasane.app.progress.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.training.TextTraining;
import dev.kasane.text.training.TrainingTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One run of {@code kasane train text} around the training itself: files, progress, samples, the end. */
public final class TextTrainingSession {
  private final AdapterSet adapters;
  private final TrainingPlan plan;
  private final Output output;
  private final SampleAnswers samples;
  private final Consumer<String> tell;
  private final boolean evaluates;

  /**
   * Where the run's results go and how often.
   *
   * @param folder the run's folder
   * @param name of the run and its adapter
   * @param overwrite whether a finished run may be replaced
   * @param checkpointEvery steps between checkpoints
   * @param sampleEvery steps between sample answers, 0 for none
   * @param sampleTokens longest sample answer, 0 for no samples at all
   * @param evaluateEvery steps between measurements on what was held back
   * @param format writes the adapter
   * @param storage type of the saved tensors
   */
  public record Output(Path folder, String name, boolean overwrite, long checkpointEvery, long sampleEvery,
      int sampleTokens, long evaluateEvery, AdapterFormat format, String storage) {}

  /**
   * @param model the base with the adapters attached
   * @param adapters what is trained
   * @param tell shows a line to the user
   */
  public TextTrainingSession(CausalLm model, Tokenizer tokenizer, AdapterSet adapters, TrainingTexts texts,
      TrainingPlan plan, Output output, Consumer<String> tell) {
    this.adapters = adapters;
    this.plan = plan;
    this.output = output;
    this.tell = tell;
    this.evaluates = !texts.evaluation().isEmpty();
    this.samples = new SampleAnswers(model, tokenizer,
        output.sampleTokens() == 0 ? List.of() : texts.samples(), output.sampleTokens());
  }

  /**
   * Trains to the end and writes everything.
   *
   * @param training the training
   * @param facts what the run is made of
   * @return the files and folders that were written
   */
  public List<Path> run(TextTraining training, TextTrainingFacts facts) {
    RunFolder files = new RunFolder(output.folder(), output.name(), output.format().writesFolders());
    files.make();
    try (RunLock lock = RunLock.take(files.path())) {
      return run(training, files, facts);
    }
  }

  private List<Path> run(TextTraining training, RunFolder files, TextTrainingFacts facts) {
    Checkpoints checkpoints = new Checkpoints(files.checkpoints(), facts.runHash(), 2);
    // With checkpoints beside it, an adapter is what a run wrote that was killed before its very end.
    if (output.overwrite() && checkpoints.holdsAnotherRun()) {
      checkpoints.clear();
    }
    files.requireFree(output.overwrite() || checkpoints.newest().isPresent());
    FormatTrial.run(output.format(), adapters.toModel(facts.metadata()), output.storage(), files.path());
    long done = training.restore(checkpoints);
    LossLog log = new LossLog(files.lossLog(), done);
    train(training, checkpoints, done, log, files);
    return finish(checkpoints, log, files, facts);
  }

  private void train(TextTraining training, Checkpoints checkpoints, long done, LossLog log, RunFolder files) {
    try (Progress progress = Progress.start("Training", "steps", plan.steps(), done);
        Interruption interruption = new Interruption(step -> training.save(checkpoints, step), progress::note)) {
      List<TrainingListener> listeners = new ArrayList<>();
      listeners.add(log);
      listeners.add(sampling(files));
      listeners.add(evaluating(training, log, progress));
      listeners.add(showing(progress));
      // Behind all that a step leaves on disk: what goes on from a checkpoint does not make up for it.
      listeners.add(training.checkpointing(checkpoints, output.checkpointEvery()));
      listeners.add(interruption);
      training.train(done, listeners);
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

  private TrainingListener sampling(RunFolder files) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        if (output.sampleEvery() > 0 && step.number() % output.sampleEvery() == 0 && !samples.isEmpty()) {
          samples.write(samples.with(adapters),
              files.samples().resolve(String.format("step-%06d.txt", step.number())));
        }
      }
    };
  }

  private TrainingListener evaluating(TextTraining training, LossLog log, Progress progress) {
    return new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        boolean due = step.number() % output.evaluateEvery() == 0 || step.number() == plan.steps();
        if (due && evaluates) {
          double loss = training.evaluationLoss();
          log.validation(step.number(), loss);
          progress.note(String.format(Locale.ROOT, "Step %d: held-out loss %.4f, perplexity %.3f",
              step.number(), loss, Math.exp(loss)));
        }
      }
    };
  }

  private List<Path> finish(Checkpoints checkpoints, LossLog log, RunFolder files, TextTrainingFacts facts) {
    List<Path> written = new ArrayList<>();
    try {
      output.format().write(adapters.toModel(facts.metadata()), files.adapter(), output.storage());
    } catch (IOException e) {
      throw new UserException("Adapter " + files.adapter() + " cannot be written: " + e.getMessage()
          + ". Run the same command again to write it from the last checkpoint.", e);
    }
    written.add(files.adapter());
    LossPlot.write(log.points(), files.lossPlot());
    written.add(files.lossPlot());
    if (!samples.isEmpty()) {
      Path answers = files.path().resolve("before-after.txt");
      samples.writeBeforeAfter(samples.without(adapters), samples.with(adapters), answers);
      written.add(answers);
    }
    checkpoints.clear();
    tell.accept("Done after " + plan.steps() + (plan.steps() == 1 ? " step." : " steps."));
    return written;
  }
}
