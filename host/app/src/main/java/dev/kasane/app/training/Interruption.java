package dev.kasane.app.training;

import dev.kasane.core.training.TrainingListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Lets Ctrl-C end a run behind the step that is under way, with a checkpoint. */
final class Interruption implements TrainingListener, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final LongConsumer save;
  private final Consumer<String> tell;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "interruption");
  private volatile boolean requested;

  /**
   * @param save writes a checkpoint of the steps done
   * @param tell shows a line to the user
   */
  Interruption(LongConsumer save, Consumer<String> tell) {
    this.save = save;
    this.tell = tell;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void request() {
    requested = true;
    // The machine goes on when this returns: wait until the step is done and the checkpoint written.
    await(PATIENCE_SECONDS);
  }

  @Override
  public void onStep(StepReport step) {
    if (requested) {
      save.accept(step.number());
      tell.accept("Interrupted after step " + step.number() + ". Run the same command again to go on from there.");
      finished.countDown();
      // The process is ending; what this thread would print or write on its way out could be cut off anywhere.
      sleepUntilTheEnd();
    }
  }

  private void await(long seconds) {
    try {
      finished.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleepUntilTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs already and finds the run finished: there is nothing left to remove.
      requested = true;
    }
  }
}
