package dev.kasane.app.training;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.ProcessEnd;
import dev.kasane.core.training.TrainingListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Lets Ctrl-C end a run after the step that is under way, with a checkpoint. It is the process's last work: whatever
 * else is half written is removed after it.
 */
final class Interruption implements TrainingListener, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final LongConsumer save;
  private final Consumer<String> tell;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Runnable lastWork = this::request;
  private volatile boolean requested;

  /**
   * @param save writes a checkpoint of the steps done
   * @param tell shows a line to the user
   */
  Interruption(LongConsumer save, Consumer<String> tell) {
    this.save = save;
    this.tell = tell;
    ProcessEnd.ofThisProcess().addLastWork(lastWork);
  }

  private void request() {
    requested = true;
    // The machine goes on when this returns: wait until the step is done and the checkpoint written.
    await(PATIENCE_SECONDS);
  }

  @Override
  public void onStep(StepReport step) {
    if (requested) {
      tell.accept(saved(step.number()));
      finished.countDown();
      // What this thread would print or write on its way out could be cut off anywhere.
      ProcessEnd.ofThisProcess().await();
    }
  }

  private String saved(long step) {
    try {
      save.accept(step);
      return "Interrupted after step " + step + ". Run the same command again to go on from there.";
    } catch (UserException failure) {
      return FileFaults.withFinalNames(failure.getMessage());
    }
  }

  private void await(long seconds) {
    try {
      finished.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ProcessEnd.ofThisProcess().removeLastWork(lastWork);
    finished.countDown();
  }
}
