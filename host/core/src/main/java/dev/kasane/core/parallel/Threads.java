package dev.kasane.core.parallel;

/** Waiting for threads that use a file of the caller's. */
final class Threads {
  private Threads() {}

  /** Waits even when interrupted, as the caller closes next what the threads use; the interrupt stays noted. */
  static void join(Iterable<Thread> threads) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
