package dev.kasane.core.parallel;

import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Lets the disk write while the next bytes are computed: a thread forces a file out whenever some more of it
 * has come. Without it all of the writing would wait for the end.
 */
public final class WriteBehind implements AutoCloseable {
  private static final long STEP_BYTES = 64L << 20;

  private final PendingFile file;
  private final Semaphore due = new Semaphore(0);
  private final Thread thread = new Thread(this::run, "write-behind");
  private long pending;
  private volatile boolean closed;
  private volatile IOException failure;

  /** Begins to watch a file that is being written. */
  public WriteBehind(PendingFile file) {
    this.file = file;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Says that bytes have been written.
   *
   * @throws IOException when the disk refused earlier ones
   */
  public synchronized void wrote(long bytes) throws IOException {
    if (failure != null) {
      throw failure;
    }
    pending += bytes;
    if (pending >= STEP_BYTES) {
      pending = 0;
      due.release();
    }
  }

  private void run() {
    due.acquireUninterruptibly();
    while (!closed && failure == null) {
      try {
        file.force();
      } catch (IOException e) {
        failure = e;
      }
      due.acquireUninterruptibly();
    }
  }

  /** Ends the thread; the file stays open. */
  @Override
  public void close() throws IOException {
    closed = true;
    due.release();
    Threads.join(List.of(thread));
    if (failure != null) {
      throw failure;
    }
  }
}
