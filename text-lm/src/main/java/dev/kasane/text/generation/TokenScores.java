package dev.kasane.text.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The scores of one next token, changed step by step as transformers does and in its order: repetition
 * penalty, temperature, top-k, top-p, min-p. A token that is ruled out has the score −∞.
 */
final class TokenScores {
  private static final long LOW_BITS = 0xffffffffL;

  private final float[] scores;

  /** @param scores one for each token; they are changed */
  TokenScores(float[] scores) {
    this.scores = scores;
  }

  /** Applies everything that options say but the draw itself. */
  void process(GenerationOptions options, BitSet seen) {
    if (options.repetitionPenalty() != 1) {
      penalise(seen, options.repetitionPenalty());
    }
    if (options.temperature() > 0) {
      divide(options.temperature());
      keepBest(options.topK());
      keepNucleus(options.topP());
      keepLikely(options.minP());
    }
  }

  private void penalise(BitSet seen, double penalty) {
    seen.stream().filter(token -> token < scores.length).forEach(token ->
        scores[token] = (float) (scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty));
  }

  private void divide(double temperature) {
    for (int token = 0; token < scores.length; token++) {
      scores[token] = (float) (scores[token] / temperature);
    }
  }

  private void keepBest(int count) {
    if (count > 0 && count < scores.length) {
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      ruleOutBelow(sorted[scores.length - count]);
    }
  }

  /** The unlikeliest tokens whose probabilities together stay within 1 − p go. */
  private void keepNucleus(double p) {
    if (p >= 1) {
      return;
    }
    double[] probabilities = probabilities();
    double tail = ruleOutNegligible(probabilities, (1 - p) / scores.length);
    int[] order = fromBest();
    for (int i = order.length - 1; i > 0; i--) {
      tail += probabilities[order[i]];
      if (tail > 1 - p) {
        return;
      }
      scores[order[i]] = Float.NEGATIVE_INFINITY;
    }
  }

  /** However many there are below an equal part of 1 − p, they stay within it; so only the others are sorted. */
  private double ruleOutNegligible(double[] probabilities, double part) {
    double sum = 0;
    for (int token = 0; token < scores.length; token++) {
      if (probabilities[token] < part) {
        sum += probabilities[token];
        scores[token] = Float.NEGATIVE_INFINITY;
      }
    }
    return sum;
  }

  private void keepLikely(double share) {
    if (share > 0) {
      // p ≥ share · p_best, in terms of scores.
      ruleOutBelow((float) (scores[best()] + Math.log(share)));
    }
  }

  private void ruleOutBelow(float least) {
    for (int token = 0; token < scores.length; token++) {
      if (scores[token] < least) {
        scores[token] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** The token with the highest score, of several the first. */
  int best() {
    int best = 0;
    for (int token = 1; token < scores.length; token++) {
      if (scores[token] > scores[best]) {
        best = token;
      }
    }
    return best;
  }

  /**
   * Draws by the tokens' probabilities.
   *
   * @param chance a number from 0 to below 1
   */
  int draw(double chance) {
    double[] probabilities = probabilities();
    double rest = chance;
    int last = best();
    for (int token = 0; token < scores.length; token++) {
      if (probabilities[token] > 0) {
        rest -= probabilities[token];
        last = token;
        if (rest < 0) {
          return token;
        }
      }
    }
    return last;
  }

  private double[] probabilities() {
    double[] values = new double[scores.length];
    double most = scores[best()];
    double sum = 0;
    for (int token = 0; token < scores.length; token++) {
      values[token] = Math.exp(scores[token] - most);
      sum += values[token];
    }
    for (int token = 0; token < scores.length; token++) {
      values[token] /= sum;
    }
    return values;
  }

  /**
   * The tokens that are not ruled out, from the best to the worst: a score's bits and the token's number sorted as one
   * word.
   */
  private int[] fromBest() {
    return IntStream.range(0, scores.length).filter(token -> scores[token] != Float.NEGATIVE_INFINITY)
        .mapToLong(this::key).sorted().mapToInt(key -> (int) key).toArray();
  }

  private long key(int token) {
    int bits = Float.floatToIntBits(scores[token]);
    int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
    return (long) ~ordered << 32 | token & LOW_BITS;
  }

  /** The scores as they stand. */
  float[] values() {
    return scores;
  }
}
