package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * Pseudo numerical methods for diffusion models (Liu et al., 2022): linear multistep updates on the noise,
 * started by Runge-Kutta steps or, as Stable Diffusion does it, by a repeated first step.
 *
 * <p>What a step does depends on how many steps this run has taken, not on its index, just as in the
 * reference: a run that starts from a picture begins with the short formulas too.
 */
final class PndmScheduler extends AlphaScheduler {
  private static final int LONGEST_HISTORY = 4;

  private final PredictionType prediction;
  private final int rungeKuttaSteps;
  private final List<NDArray> history = new ArrayList<>();
  private int taken;
  private NDArray heldLatents;
  private NDArray weightedOutputs;

  PndmScheduler(SchedulerConfig config, int steps) {
    super(config, steps, PndmTimesteps.of(config, steps));
    if (config.predictionType() == PredictionType.SAMPLE) {
      throw new UserException(
          config.origin() + ": \"prediction_type\" is \"sample\", which pndm is not defined for. "
              + "Choose ddim, a dpmpp-2m or an euler scheduler.");
    }
    this.prediction = config.predictionType();
    this.rungeKuttaSteps = PndmTimesteps.rungeKuttaSteps(config);
  }

  @Override
  NDArray advance(NDArray output, int stepIndex, NDArray latents, NoiseSource noise) {
    int timestep = wholeTimestep(stepIndex);
    NDArray before =
        taken < rungeKuttaSteps
            ? rungeKutta(output, timestep, latents)
            : multistep(output, timestep, latents);
    taken++;
    return before;
  }

  /** One of the four evaluations of a classical Runge-Kutta step, weighted 1/6, 1/3, 1/3, 1/6. */
  private NDArray rungeKutta(NDArray output, int timestep, NDArray latents) {
    int evaluation = taken % LONGEST_HISTORY;
    if (evaluation == 0) {
      history.add(remember(output));
      weightedOutputs = replace(weightedOutputs, output.mul(1 / 6f));
      heldLatents = replace(heldLatents, latents);
    } else if (evaluation < LONGEST_HISTORY - 1) {
      weightedOutputs = replace(weightedOutputs, weightedOutputs.add(output.mul(1 / 3f)));
    }
    NDArray slope =
        evaluation == LONGEST_HISTORY - 1 ? weightedOutputs.add(output.mul(1 / 6f)) : output;
    int start = wholeTimestep(taken / LONGEST_HISTORY * LONGEST_HISTORY);
    int end = taken % 2 == 1 ? timestep : timestep - stride() / 2;
    return transfer(heldLatents, slope, start, end);
  }

  private NDArray multistep(NDArray output, int timestep, NDArray latents) {
    if (taken == 1) {
      return repeatedFirstStep(output, timestep);
    }
    history.add(remember(output));
    if (history.size() > LONGEST_HISTORY) {
      history.remove(0).close();
    }
    if (taken == 0) {
      heldLatents = replace(heldLatents, latents);
    }
    return transfer(latents, extrapolated(output), timestep, timestep - stride());
  }

  /** Takes the first step again from where it started, with the mean of the slopes at both its ends. */
  private NDArray repeatedFirstStep(NDArray output, int timestep) {
    NDArray slope = output.add(history.get(0)).div(2);
    return transfer(heldLatents, slope, timestep + stride(), timestep);
  }

  /** Adams-Bashforth formulas of the order that the history allows. */
  private NDArray extrapolated(NDArray output) {
    int last = history.size() - 1;
    return switch (history.size()) {
      case 1 -> output;
      case 2 -> output.mul(3).sub(history.get(last - 1)).div(2);
      case 3 -> output.mul(23).sub(history.get(last - 1).mul(16)).add(history.get(last - 2).mul(5)).div(12);
      default -> output.mul(55)
          .sub(history.get(last - 1).mul(59))
          .add(history.get(last - 2).mul(37))
          .sub(history.get(last - 3).mul(9))
          .mul(1 / 24f);
    };
  }

  /** Equation 11 of the paper: latents carried from one timestep to another along a slope. */
  private NDArray transfer(NDArray latents, NDArray output, int from, int to) {
    float alpha = alphaCumprod(from);
    float alphaTo = alphaCumprod(to);
    NDArray epsilon = NoiseLevel.ofAlphaCumprod(alpha).epsilon(prediction, output, latents);
    float denominator =
        alpha * (float) Math.sqrt(1 - alphaTo) + (float) Math.sqrt(alpha * (1 - alpha) * alphaTo);
    NDArray kept = latents.mul((float) Math.sqrt(alphaTo / alpha));
    return kept.sub(epsilon.mul(alphaTo - alpha).div(denominator));
  }

  private NDArray replace(NDArray old, NDArray fresh) {
    NDArray remembered = remember(fresh);
    if (old != null) {
      old.close();
    }
    return remembered;
  }
}
