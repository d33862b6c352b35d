package dev.kasane.core.tensor;

import ai.djl.pytorch.jni.TorchBridge;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How many threads share an operator's work: as many as other programs leave processors for.
 *
 * <p>libtorch's threads wait for one another by spinning. Where nothing else runs that is the fastest way to wait;
 * beside other work it spends the time slices that the thread waited for would need, and a step takes ten times as
 * long. So what other programs took of the processors is looked at four times a second, whenever an operator is
 * called, and the calling thread's operators get the rest. One thread waits for nobody. Variables that OpenMP itself
 * obeys ({@code OMP_NUM_THREADS}) switch this off.
 */
public final class OperatorThreads {
  private static final long INTERVAL_NANOS = 250_000_000L;
  /** After how many looks at a quiet machine in a row operators get more threads; they lose them at once. */
  private static final int QUIET_LOOKS = 2;
  /** Threads whose operators are never shared out. */
  private static final ThreadLocal<Boolean> ALONE = ThreadLocal.withInitial(() -> false);

  private static volatile OperatorThreads policy;

  private final OperatingSystemMXBean system;
  private final int processors;
  private final int most;
  private int allowed;
  private int quietLooks;
  private volatile long nextLook = System.nanoTime() + INTERVAL_NANOS;
  private long lastLook = System.nanoTime();
  private long ownNanos;

  /**
   * @param most how many threads libtorch would use
   * @param processors that this process may use, by quotas of containers too
   */
  OperatorThreads(int most, int processors, OperatingSystemMXBean system) {
    this.system = system;
    this.processors = processors;
    this.most = Math.min(most, processors);
    this.allowed = this.most;
    this.ownNanos = system.getProcessCpuTime();
    // What it answers is the load since it was last asked.
    system.getCpuLoad();
  }

  /** Begins to look at the machine, unless the user has chosen a number of threads. */
  static void begin() {
    if (System.getenv("OMP_NUM_THREADS") == null
        && ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      policy = new OperatorThreads(TorchBridge.threads(), Runtime.getRuntime().availableProcessors(), system);
    }
  }

  /** Gives operators a number of threads that stays, whatever else runs; for measurements. */
  public static void fix(int count) {
    Engines.prepare();
    policy = null;
    TorchBridge.threads(count);
  }

  /** Gives the calling thread's operators the threads that are free, when it is time to look again. */
  static void adapt() {
    OperatorThreads current = policy;
    if (current != null && System.nanoTime() - current.nextLook >= 0) {
      current.look();
    }
  }

  /** Keeps the calling thread's operators on this thread until closed, for callers that share out work themselves. */
  public static Alone alone() {
    return new Alone();
  }

  private synchronized void look() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return;
    }
    long own = system.getProcessCpuTime();
    double others = system.getCpuLoad() * processors - (double) (own - ownNanos) / (now - lastLook);
    lastLook = now;
    ownNanos = own;
    nextLook = now + INTERVAL_NANOS;
    int count = threadsBeside(others);
    if (!ALONE.get() && TorchBridge.threads() != count) {
      TorchBridge.threads(count);
    }
  }

  /**
   * Returns how many threads an operator may have.
   *
   * @param others how many processors other programs kept busy since the last look; negative where the system does
   *     not say
   */
  int threadsBeside(double others) {
    int free = (int) Math.max(1, Math.min(most, Math.round(processors - others)));
    quietLooks = free > allowed ? quietLooks + 1 : 0;
    if (free < allowed || quietLooks >= QUIET_LOOKS) {
      allowed = free;
      quietLooks = 0;
    }
    return allowed;
  }

  /** The time in which a thread's operators are not shared out. */
  public static final class Alone implements AutoCloseable {
    private final boolean alone = ALONE.get();
    private final int threads = Engines.threads();

    private Alone() {
      ALONE.set(true);
      TorchBridge.threads(1);
    }

    @Override
    public void close() {
      ALONE.set(alone);
      TorchBridge.threads(threads);
    }
  }
}
