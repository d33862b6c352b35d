package dev.kasane.diffusion.scheduler;

import dev.kasane.core.UserException;

/** The timesteps of PNDM, some of which are visited more than once. */
final class PndmTimesteps {
  private static final int EVALUATIONS = 12;
  private static final int LEAST_STEPS = 4;

  private PndmTimesteps() {}

  /** Model evaluations that belong to Runge-Kutta steps. */
  static int rungeKuttaSteps(SchedulerConfig config) {
    return config.solver().skipPrkSteps() ? 0 : EVALUATIONS;
  }

  static double[] of(SchedulerConfig config, int steps) {
    double[] grid = TimestepGrid.whole(config, steps);
    return config.solver().skipPrkSteps() ? withSecondRepeated(grid) : withRungeKutta(config, grid);
  }

  private static double[] withSecondRepeated(double[] grid) {
    if (grid.length == 1) {
      return grid;
    }
    double[] result = new double[grid.length + 1];
    System.arraycopy(grid, 0, result, 0, 2);
    System.arraycopy(grid, 1, result, 2, grid.length - 1);
    return result;
  }

  /** Three steps of four evaluations each, from one grid point over the middle to the next. */
  private static double[] withRungeKutta(SchedulerConfig config, double[] grid) {
    if (grid.length < LEAST_STEPS) {
      throw new UserException(
          config.origin() + ": pndm without \"skip_prk_steps\": true needs at least " + LEAST_STEPS
              + " steps, not " + grid.length + ". Take more steps or another scheduler.");
    }
    double half = config.betas().trainTimesteps() / grid.length / 2;
    double[] result = new double[EVALUATIONS + grid.length - 3];
    for (int step = 0; step < 3; step++) {
      double middle = grid[step + 1] + half;
      double[] evaluations = {grid[step], middle, middle, grid[step + 1]};
      System.arraycopy(evaluations, 0, result, step * evaluations.length, evaluations.length);
    }
    System.arraycopy(grid, 3, result, EVALUATIONS, grid.length - 3);
    return result;
  }
}
