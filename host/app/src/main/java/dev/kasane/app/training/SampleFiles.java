package dev.kasane.app.training;

import dev.kasane.core.family.Samples;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.training.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run's samples as files: every few steps, and the base beside the adapters at the end.
 *
 * @param <S> what comes of a prompt
 * @param every steps between samples, 0 for none before the end
 */
record SampleFiles<S>(Samples<S> samples, AdapterSet adapters, RunFolder files, long every)
    implements TrainingListener {
  @Override
  public void onStep(StepReport step) {
    if (every > 0 && step.number() % every == 0 && !samples.isEmpty()) {
      samples.write(withAdapters(), files.sample(step.number(), samples.ending()));
    }
  }

  /** Writes the base's beside the adapters', and returns the file; nothing where there is nothing to try out. */
  Optional<Path> writeBeforeAfter() {
    if (samples.isEmpty()) {
      return Optional.empty();
    }
    Path file = files.beforeAfter(samples.ending());
    samples.writeBeforeAfter(withoutAdapters(), withAdapters(), file);
    return Optional.of(file);
  }

  /** Their dropouts are off meanwhile. */
  private List<S> withAdapters() {
    adapters.phase(LiveUpdate.Phase.INFERENCE);
    List<S> made = samples.make();
    adapters.phase(LiveUpdate.Phase.TRAINING);
    return made;
  }

  private List<S> withoutAdapters() {
    adapters.detach();
    List<S> made = samples.make();
    adapters.attach();
    return made;
  }
}
