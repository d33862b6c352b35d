package dev.kasane.bench.quant;

import dev.kasane.quant.cuda.Accelerator;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Times launches by the GPU's clock, without the host's share: all launches of a round are in the queue before the
 * first of them starts, as a long copy runs ahead of them.
 */
final class GpuClock implements AutoCloseable {

  private final Accelerator gpu;
  private final KernelScale scale;
  private final int rounds;
  private final long from;
  private final long to;
  private final double copyBytesASecond;

  GpuClock(Accelerator gpu, KernelScale scale, int rounds) {
    this.gpu = gpu;
    this.scale = scale;
    this.rounds = rounds;
    this.from = gpu.allocate(scale.copied());
    this.to = gpu.allocate(scale.copied());
    this.copyBytesASecond = 2.0 * scale.copied() / seconds(8, launch -> gpu.copy(from, to, scale.copied()));
  }

  /** Bytes read and written a second by a long copy: what everything else is compared with. */
  double copyBytesASecond() {
    return copyBytesASecond;
  }

  /**
   * Times launches.
   *
   * @param launches how many a round, at most {@link KernelScale#launches}
   * @param launch launches one, told its number, so that it can take another weight than the one before
   * @return seconds of one launch, the median of the rounds after one to warm up
   */
  double seconds(int launches, IntConsumer launch) {
    double[] seconds = new double[rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < scale.copiesAhead(); i++) {
        gpu.copy(from, to, scale.copied());
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
