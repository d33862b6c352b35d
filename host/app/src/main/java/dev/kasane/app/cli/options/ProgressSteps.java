package dev.kasane.app.cli.options;

import dev.kasane.app.terminal.Progress;
import dev.kasane.core.algebra.AlgebraProgress;

/** Shows how far an operation on layers has come. */
public final class ProgressSteps implements AlgebraProgress, AutoCloseable {
  private final String task;
  private final String unit;
  private Progress progress;

  public ProgressSteps(String task, String unit) {
    this.task = task;
    this.unit = unit;
  }

  @Override
  public void done(int count, int total) {
    if (progress == null) {
      progress = Progress.start(task, unit, total, 0);
    }
    progress.stepTo(count);
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
