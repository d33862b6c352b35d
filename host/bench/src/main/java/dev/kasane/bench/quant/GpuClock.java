package dev.kasane.bench.quant;

import dev.kasane.quant.cuda.CudaLauncher;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Times launches by the GPU's clock, without the host's share: all launches of a round are in the queue before the
 * first of them starts, as a long copy runs ahead of them.
 */
final class GpuClock implements AutoCloseable {
  /** Launches that a driver queues without waiting, with room to spare. */
  static final int MOST_LAUNCHES = 256;
  private static final long COPIED = 1L << 30;
  private static final int COPIES_AHEAD = 16;

  private final CudaLauncher gpu;
  private final int rounds;
  private final long from;
  private final long to;
  private final double copyBytesASecond;

  GpuClock(CudaLauncher gpu, int rounds) {
    this.gpu = gpu;
    this.rounds = rounds;
    this.from = gpu.allocate(COPIED);
    this.to = gpu.allocate(COPIED);
    this.copyBytesASecond = 2.0 * COPIED / seconds(8, launch -> gpu.copy(from, to, COPIED));
  }

  /** Bytes read and written a second by a copy of 1 GiB: what everything else is compared with. */
  double copyBytesASecond() {
    return copyBytesASecond;
  }

  /**
   * Times launches.
   *
   * @param launches how many a round, at most {@link #MOST_LAUNCHES}
   * @param launch launches one, told its number, so that it can take another weight than the one before
   * @return seconds of one launch, the median of the rounds after one to warm up
   */
  double seconds(int launches, IntConsumer launch) {
    double[] seconds = new double[rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < COPIES_AHEAD; i++) {
        gpu.copy(from, to, COPIED);
      }
      double all = gpu.seconds(() -> {
        for (int i = 0; i < launches; i++) {
          launch.accept(i);
        }
      });
      if (round >= 0) {
        seconds[round] = all / launches;
      }
    }
    Arrays.sort(seconds);
    return seconds[rounds / 2];
  }

  @Override
  public void close() {
    gpu.free(from);
    gpu.free(to);
  }
}
