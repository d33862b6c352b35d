package dev.kasane.diffusion.scheduler;

import java.util.Arrays;

/**
 * The timesteps of a run, noisiest first, rounded where NumPy rounds (halves to even).
 *
 * <p>Ranges are built as NumPy builds them, because the last bit decides on which side of a half a value
 * falls.
 */
final class TimestepGrid {
  private TimestepGrid() {}

  /** Whole timesteps, as DDIM and PNDM take them. */
  static double[] whole(SchedulerConfig config, int steps) {
    double[] grid = fractional(config, steps);
    if (config.timesteps().spacing() == TimestepSpacing.LINSPACE) {
      int last = config.betas().trainTimesteps() - 1;
      grid = reversed(rounded(linspace(last, steps)));
    }
    return grid;
  }

  /** Timesteps as the Euler samplers take them: single precision, whole but for even spacing. */
  static double[] fractional(SchedulerConfig config, int steps) {
    int count = config.betas().trainTimesteps();
    return switch (config.timesteps().spacing()) {
      case LINSPACE -> reversed(singlePrecision(linspace(count - 1, steps)));
      case LEADING -> leading(count / steps, steps, config.timesteps().stepsOffset());
      case TRAILING -> trailing(count, steps);
    };
  }

  /** Timesteps as DPM-Solver takes them: of one interval more, the clean end left out. */
  static double[] withoutCleanEnd(SchedulerConfig config, int steps) {
    int count = config.betas().trainTimesteps();
    return switch (config.timesteps().spacing()) {
      case LINSPACE -> firstOf(reversed(rounded(linspace(count - 1, steps + 1))), steps);
      case LEADING ->
          firstOf(leading(count / (steps + 1), steps + 1, config.timesteps().stepsOffset()), steps);
      case TRAILING -> trailing(count, steps);
    };
  }

  private static double[] leading(int ratio, int steps, int offset) {
    double[] grid = new double[steps];
    for (int index = 0; index < steps; index++) {
      grid[index] = (double) ratio * (steps - 1 - index) + offset;
    }
    return grid;
  }

  /**
   * For some numbers of steps NumPy's range has one value too many, about 1e-13, which would become
   * timestep −1; it is left out here.
   */
  private static double[] trailing(int count, int steps) {
    double ratio = count / (double) steps;
    double delta = (count - ratio) - count;
    double[] grid = new double[steps];
    for (int index = 0; index < steps; index++) {
      grid[index] = Math.rint(count + index * delta) - 1;
    }
    return grid;
  }

  private static double[] linspace(int last, int count) {
    double[] values = new double[count];
    double step = count > 1 ? last / (double) (count - 1) : 0;
    for (int index = 0; index < count - 1; index++) {
      values[index] = index * step;
    }
    values[count - 1] = count > 1 ? last : 0;
    return values;
  }

  private static double[] rounded(double[] values) {
    for (int index = 0; index < values.length; index++) {
      values[index] = Math.rint(values[index]);
    }
    return values;
  }

  private static double[] singlePrecision(double[] values) {
    for (int index = 0; index < values.length; index++) {
      values[index] = (float) values[index];
    }
    return values;
  }

  static double[] reversed(double[] values) {
    double[] result = new double[values.length];
    for (int index = 0; index < values.length; index++) {
      result[index] = values[values.length - 1 - index];
    }
    return result;
  }

  private static double[] firstOf(double[] values, int count) {
    return Arrays.copyOf(values, count);
  }
}
