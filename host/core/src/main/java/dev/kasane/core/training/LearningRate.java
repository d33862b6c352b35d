package dev.kasane.core.training;

import dev.kasane.core.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The learning rate as a function of the step, by the rules of transformers' and diffusers' {@code get_scheduler}:
 * with a warm-up the first step has a rate of 0.
 *
 * @param kind its course after the warm-up
 * @param peak the rate at the end of the warm-up
 * @param warmupSteps steps over which the rate rises in a straight line from 0
 * @param steps length of the run
 */
public record LearningRate(Kind kind, double peak, long warmupSteps, long steps) {
  /** The courses that users know from other trainers. */
  public enum Kind {
    /** Stays at the peak. */
    CONSTANT,
    /** Falls in a straight line to zero. */
    LINEAR,
    /** Falls along half a cosine to zero. */
    COSINE;

    /** Parses a name that a user typed. */
    public static Kind parse(String name) {
      return Arrays.stream(values()).filter(kind -> kind.toString().equals(name)).findFirst()
          .orElseThrow(() -> new UserException("Option «learning-rate schedule» is '" + name + "'. It takes "
              + Arrays.stream(values()).map(Kind::toString).collect(Collectors.joining(", ")) + "."));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The rate of a step, counted from 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    double done = Math.min(1, (step - warmupSteps) / (double) Math.max(1, steps - warmupSteps));
    return switch (kind) {
      case CONSTANT -> peak;
      case LINEAR -> peak * (1 - done);
      case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * done));
    };
  }
}
