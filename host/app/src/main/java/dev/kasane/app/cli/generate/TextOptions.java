package dev.kasane.app.cli.generate;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.text.generation.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/** How a text is continued; use it as a mixin. */
final class TextOptions {
  @RecipeKey
  @Option(names = "--max-tokens", paramLabel = "N", defaultValue = "200",
      description = "Longest continuation in tokens (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @RecipeKey
  @Option(names = "--temperature", paramLabel = "X", defaultValue = "0.8",
      description = "How freely tokens are drawn; 0 takes the best one always (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @RecipeKey
  @Option(names = "--top-k", paramLabel = "N", defaultValue = "0",
      description = "Draw among the N best tokens only; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @RecipeKey
  @Option(names = "--top-p", paramLabel = "X", defaultValue = "1",
      description = "Draw among the best tokens that together are this likely (default: ${DEFAULT-VALUE}).")
  private double topP;

  @RecipeKey
  @Option(names = "--min-p", paramLabel = "X", defaultValue = "0",
      description = "Draw among tokens at least this likely, compared to the best (default: ${DEFAULT-VALUE}).")
  private double minP;

  @RecipeKey
  @Option(names = "--repetition-penalty", paramLabel = "X", defaultValue = "1",
      description = "Above 1 makes tokens that occurred less likely (default: ${DEFAULT-VALUE}).")
  private double repetitionPenalty;

  @RecipeKey
  @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws (default: another one each time).")
  private Long seed;

  @RecipeKey
  @Option(names = "--stop", paramLabel = "TEXT",
      description = "End the continuation at this text, which is left out; may be given several times.")
  private List<String> stop = new ArrayList<>();

  /** The seed, drawn once if none was given. */
  long seed() {
    if (seed == null) {
      seed = ThreadLocalRandom.current().nextLong(1L << 32);
    }
    return seed;
  }

  /** Whether anything is left to chance. */
  boolean draws() {
    return temperature > 0;
  }

  /** The options of a prompt, each row of a batch with a seed of its own. */
  GenerationOptions options(int row) {
    return new GenerationOptions(maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed() + row, stop);
  }
}
