package dev.kasane.app.cli.train;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.Ranges;
import dev.kasane.diffusion.training.NoiseOptions;
import picocli.CommandLine.Option;

/** How noise is drawn and the loss weighted. */
final class NoiseTrainingOptions {
  @RecipeKey
  @Option(names = "--min-snr-gamma", paramLabel = "X", defaultValue = "0",
      description = "Limit of the signal-to-noise ratio in the loss weight; 5 is usual, 0 for none"
          + " (default: ${DEFAULT-VALUE}).")
  double minSnrGamma;

  @RecipeKey
  @Option(names = "--noise-offset", paramLabel = "X", defaultValue = "0",
      description = "Deviation of a random mean of each noise channel; 0.05 helps very dark or bright styles"
          + " (default: ${DEFAULT-VALUE}).")
  double noiseOffset;

  @RecipeKey
  @Option(names = "--prior-weight", paramLabel = "X", defaultValue = "1",
      description = "Loss weight of the pictures of --prior-data (default: ${DEFAULT-VALUE}).")
  double priorWeight;

  @RecipeKey
  @Option(names = "--min-timestep", paramLabel = "N", defaultValue = "0",
      description = "First trained timestep (default: ${DEFAULT-VALUE}).")
  int minTimestep;

  @RecipeKey
  @Option(names = "--max-timestep", paramLabel = "N", defaultValue = "1000",
      description = "Timestep after the last that is trained (default: ${DEFAULT-VALUE}).")
  int maxTimestep;

  /**
   * @param timesteps how many the base was trained with
   */
  NoiseOptions toOptions(int timesteps) {
    Ranges.require(maxTimestep <= timesteps, "«max timestep»", maxTimestep, "at most the base's " + timesteps);
    return new NoiseOptions(minSnrGamma, noiseOffset, priorWeight, minTimestep, maxTimestep);
  }
}
