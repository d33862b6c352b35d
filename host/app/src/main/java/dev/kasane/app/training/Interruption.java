package dev.kasane.app.training;

import dev.kasane.core.UserException;
import dev.kasane.core.training.TrainingListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Lets Ctrl-C end a run behind the step that is under way, with a checkpoint. */
final class Interruption implements TrainingListener, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final LongConsumer save;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "interruption");
  private volatile boolean requested;

  /**
   * @param save writes a checkpoint of the steps done
   */
  Interruption(LongConsumer save) {
    this.save = save;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void request() {
    requested = true;
    try {
      // The machine goes on when this returns: wait until the step is done and the checkpoint written.
      finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onStep(StepReport step) {
    if (requested) {
      save.accept(step.number());
      throw new UserException("Interrupted after step " + step.number()
          + ". Run the same command again to go on from there.");
    }
  }

  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
