package dev.kasane.text.generation;

import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import java.util.List;

/**
 * How a text is continued.
 *
 * @param maxTokens how many tokens at most, from 1
 * @param temperature scores are divided by it before a token is drawn; 0 takes the best token always
 * @param topK draws among this many best tokens only; 0 for all
 * @param topP draws among the best tokens that together reach this probability, above 0 to 1 (Holtzman et al.
 *     2020, "The Curious Case of Neural Text Degeneration")
 * @param minP draws among tokens with at least this share of the best one's probability, 0 to below 1 (Nguyen
 *     et al. 2024, "Turning Up the Heat")
 * @param repetitionPenalty tokens that occurred have positive scores divided and negative ones multiplied by
 *     it, above 0; 1 for none (Keskar et al. 2019, "CTRL", section 4.1)
 * @param seed what the draws follow from
 * @param stop texts at which the continuation ends; they are left out
 */
public record GenerationOptions(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    long seed,
    List<String> stop) {

  /**
   * Checks the ranges.
   *
   * @throws UserException for a value out of its range
   */
  public GenerationOptions {
    stop = List.copyOf(stop);
    Ranges.require(maxTokens >= 1, "«max tokens»", maxTokens, "1 or more");
    Ranges.require(temperature >= 0 && Double.isFinite(temperature), "«temperature»", temperature, "0 or more");
    Ranges.require(topK >= 0, "«top k»", topK, "0 (all) or more");
    Ranges.require(topP > 0 && topP <= 1, "«top p»", topP, "above 0 to 1");
    Ranges.require(minP >= 0 && minP < 1, "«min p»", minP, "0 to below 1");
    Ranges.require(repetitionPenalty > 0 && Double.isFinite(repetitionPenalty), "«repetition penalty»",
        repetitionPenalty, "above 0");
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw new UserException("A stop text is empty; every text would end at once. Leave it out.");
    }
  }

  /** The best token each time. */
  public static GenerationOptions greedy(int maxTokens) {
    return new GenerationOptions(maxTokens, 0, 0, 1, 0, 1, 0, List.of());
  }

  /** Draws with a temperature and nothing else. */
  public static GenerationOptions sampling(int maxTokens, double temperature, long seed) {
    return new GenerationOptions(maxTokens, temperature, 0, 1, 0, 1, seed, List.of());
  }

  /** The same with texts at which the continuation ends. */
  public GenerationOptions stoppingAt(List<String> texts) {
    return new GenerationOptions(maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed, texts);
  }
}
