package dev.kasane.core.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that compute on the processor: they quantise and decode. As many as the machine has processors, unless {@link #threads(int)} or
 * the system property {@code kasane.quant.threads} says otherwise. The calling thread is one of them.
 */
public final class Workers {
  private static final AtomicInteger COUNT = new AtomicInteger();
  // Idle threads end after a minute; they never keep the process alive.
  private static final ExecutorService POOL = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "kasane-quant");
    thread.setDaemon(true);
    return thread;
  });

  private Workers() {}

  static {
    threads(Integer.getInteger("kasane.quant.threads", Runtime.getRuntime().availableProcessors()));
  }

  /** A part of the work. */
  @FunctionalInterface
  public interface Range {
    /** Does the work of units from the first to before the second. */
    void run(int from, int to);
  }

  /** Sets how many threads work, at least one. */
  public static void threads(int count) {
    COUNT.set(Math.max(1, count));
  }

  /** How many threads work. */
  public static int threads() {
    return COUNT.get();
  }

  /**
   * Splits work into ranges that are handed to whichever thread is free; the result must not depend on which.
   *
   * @param units how many units there are
   * @param atOnce how many make a range worth handing over
   * @param work is called for disjoint ranges that cover all units
   */
  public static void split(int units, int atOnce, Range work) {
    int ranges = (int) (((long) units + atOnce - 1) / atOnce);
    int helpers = Math.min(threads(), ranges) - 1;
    AtomicInteger next = new AtomicInteger();
    Runnable loop = () -> {
      for (int range = next.getAndIncrement(); range < ranges; range = next.getAndIncrement()) {
        int from = range * atOnce;
        work.run(from, (int) Math.min(units, (long) from + atOnce));
      }
    };
    List<Future<?>> others = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      others.add(POOL.submit(loop));
    }
    try {
      loop.run();
    } finally {
      others.forEach(Workers::await);
    }
  }

  private static void await(Future<?> other) {
    boolean interrupted = false;
    while (true) {
      try {
        other.get();
        break;
      } catch (InterruptedException e) {
        // The others write into memory of the caller: nobody leaves before they are done.
        interrupted = true;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
