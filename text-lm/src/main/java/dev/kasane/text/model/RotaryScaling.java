package dev.kasane.text.model;

import java.util.function.IntToDoubleFunction;

/** How the angles of rotary positions are changed so that texts longer than those of training fit. */
public sealed interface RotaryScaling {
  /**
   * The angle of each pair of dimensions for one step of position.
   *
   * @param width dimensions that are turned
   * @param base the base of the geometric series
   * @param length tokens of the text as far as it goes; only some scalings look at it
   * @return width/2 angles
   */
  float[] frequencies(int width, double base, long length);

  /** A factor on sines and cosines. */
  default double amplitude() {
    return 1;
  }

  /**
   * The longest text that the angles are meant for.
   *
   * @param positions what the configuration gives as the longest
   */
  default long reach(int positions) {
    return positions;
  }

  /** base^(-2i/width) for pair i. */
  private static double plain(int pair, int width, double base) {
    return Math.pow(base, -2.0 * pair / width);
  }

  private static float[] table(int width, IntToDoubleFunction frequency) {
    float[] table = new float[width / 2];
    for (int pair = 0; pair < table.length; pair++) {
      table[pair] = (float) frequency.applyAsDouble(pair);
    }
    return table;
  }

  /** The angles of training. */
  record None() implements RotaryScaling {
    @Override
    public float[] frequencies(int width, double base, long length) {
      return table(width, pair -> plain(pair, width, base));
    }
  }

  /**
   * All positions are divided by a factor (Chen et al. 2023, "Position Interpolation").
   *
   * @param factor how many times longer texts become possible
   */
  record Linear(double factor) implements RotaryScaling {
    @Override
    public float[] frequencies(int width, double base, long length) {
      return table(width, pair -> plain(pair, width, base) / factor);
    }

    @Override
    public long reach(int positions) {
      return Math.round(Math.max(1, factor) * positions);
    }
  }

  /**
   * The base grows with the text once it is longer than those of training (dynamic NTK scaling).
   *
   * @param factor how fast
   * @param trained the longest text of training
   */
  record Dynamic(double factor, int trained) implements RotaryScaling {
    @Override
    public float[] frequencies(int width, double base, long length) {
      double stretch = factor * Math.max(length, trained) / trained - (factor - 1);
      double grown = base * Math.pow(stretch, width / (width - 2.0));
      return table(width, pair -> plain(pair, width, grown));
    }

    @Override
    public long reach(int positions) {
      return Math.round(Math.max(1, factor) * positions);
    }
  }

  /**
   * Slow angles are divided by a factor, fast ones stay, those between are mixed (Llama 3.1).
   *
   * @param factor divisor of the slow angles
   * @param low turns within the text of training below which an angle is slow
   * @param high turns above which it is fast
   * @param trained the longest text of training
   */
  record Llama3(double factor, double low, double high, int trained) implements RotaryScaling {
    @Override
    public float[] frequencies(int width, double base, long length) {
      return table(width, pair -> scaled(plain(pair, width, base)));
    }

    private double scaled(double frequency) {
      double turns = trained * frequency / (2 * Math.PI);
      double kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return (1 - kept) * frequency / factor + kept * frequency;
    }
  }

  /**
   * Slow angles are interpolated, fast ones kept, and attention gets a temperature (Peng et al. 2023, "YaRN").
   *
   * @param factor how many times longer texts become possible
   * @param amplitude factor on sines and cosines
   * @param fast turns within the text of training above which an angle is kept
   * @param slow turns below which it is interpolated fully
   * @param trained the longest text of training
   * @param truncated whether the borders between are rounded outwards to whole pairs
   */
  record Yarn(double factor, double amplitude, double fast, double slow, int trained, boolean truncated)
      implements RotaryScaling {
    @Override
    public float[] frequencies(int width, double base, long length) {
      double first = border(fast, width, base);
      double last = border(slow, width, base);
      double low = Math.max(0, truncated ? Math.floor(first) : first);
      double most = Math.min(width - 1.0, truncated ? Math.ceil(last) : last);
      double high = most == low ? most + 0.001 : most;
      return table(width, pair -> {
        double interpolated = Math.min(1, Math.max(0, (pair - low) / (high - low)));
        return plain(pair, width, base) * (interpolated / factor + 1 - interpolated);
      });
    }

    @Override
    public long reach(int positions) {
      return Math.max(positions, Math.round(factor * trained));
    }

    /** The pair, as a fraction, that makes so many turns within the text of training. */
    private double border(double turns, int width, double base) {
      return width * Math.log(trained / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }
}
