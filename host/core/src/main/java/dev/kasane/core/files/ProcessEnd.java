package dev.kasane.core.files;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The end of the process, in order, whoever asks for it (Ctrl-C, SIGTERM, SIGHUP, exit):
 *
 * <ol>
 *   <li>last works, such as the checkpoint of an interrupted run; meanwhile everything may be written as before;
 *   <li>the door closes: from here on nothing is created or moved into its place any more, and a thread that is about
 *       to waits for the end in vain;
 *   <li>what is pending is removed.
 * </ol>
 *
 * <p>It is one shutdown hook, since the hooks of a virtual machine run side by side and would race. A move that has
 * begun when the door closes is waited for. No thread that waits here holds anything that the hook needs.
 */
public final class ProcessEnd {
  private static final ProcessEnd THIS = new ProcessEnd();
  /** Longer than any rename takes but on a network disk that hangs; that must not keep the process alive. */
  private static final long PATIENCE_SECONDS = 10;

  private final Set<Runnable> lastWorks = ConcurrentHashMap.newKeySet();
  private final Set<Pending> pendings = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock door = new ReentrantReadWriteLock();
  private volatile boolean closed;

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(THIS::run, "process-end"));
    } catch (IllegalStateException endsAlready) {
      THIS.closed = true;
    }
  }

  ProcessEnd() {}

  /** Something that a file system may refuse. */
  @FunctionalInterface
  interface FileWork<T> {
    T run() throws IOException;
  }

  public static ProcessEnd ofThisProcess() {
    return THIS;
  }

  /**
   * Adds something to be done before the door closes.
   *
   * @param work returns when it is done, within a time that a user who pressed Ctrl-C waits
   */
  public void addLastWork(Runnable work) {
    lastWorks.add(work);
  }

  /** Takes a last work back. One that runs already goes on. */
  public void removeLastWork(Runnable work) {
    lastWorks.remove(work);
  }

  /** Waits for the end of the process; never returns. */
  public void await() {
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      try {
        never.await();
      } catch (InterruptedException goOnWaiting) {
        // Whoever interrupts a thread now wants it to end, and it ends with the process.
      }
    }
  }

  /** Whether the door is closed: what fails from here on fails because of that, and is not worth a message. */
  public boolean isClosed() {
    return closed;
  }

  /** Creates or moves something while the door is open; the thread does not come back once it is closed. */
  <T> T throughDoor(FileWork<T> work) throws IOException {
    door.readLock().lock();
    try {
      if (!closed) {
        return work.run();
      }
    } finally {
      door.readLock().unlock();
    }
    await();
    throw new IllegalStateException("waiting for the end does not return");
  }

  void add(Pending pending) {
    pendings.add(pending);
  }

  void remove(Pending pending) {
    pendings.remove(pending);
  }

  void run() {
    lastWorks.forEach(Runnable::run);
    boolean nobodyWithin = awaitMoves();
    closed = true;
    if (nobodyWithin) {
      door.writeLock().unlock();
    }
    for (Pending pending : pendings) {
      try {
        pending.remove();
      } catch (IOException e) {
        // Nobody can be told any more; the next process that writes here removes it.
        continue;
      }
    }
  }

  private boolean awaitMoves() {
    try {
      return door.writeLock().tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
