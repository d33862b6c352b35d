package dev.kasane.diffusion.training;

import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;

/**
 * How the noise of a picture run is drawn and its loss weighted.
 *
 * @param minSnrGamma limit of the signal-to-noise ratio in the loss weight (Hang et al. 2023), 0 for none
 * @param noiseOffset deviation of a random mean for each channel, 0 for none
 * @param priorWeight weight of prior-preservation pictures (Ruiz et al. 2023)
 * @param minTimestep first timestep that is trained
 * @param maxTimestep timestep after the last that is trained
 */
public record NoiseOptions(
    double minSnrGamma, double noiseOffset, double priorWeight, int minTimestep, int maxTimestep) {
  /**
   * Checks the ranges.
   *
   * @throws UserException naming the number
   */
  public NoiseOptions {
    Ranges.require(minSnrGamma >= 0, "«min snr gamma»", minSnrGamma, "0 (off) or a positive number such as 5");
    Ranges.require(noiseOffset >= 0 && noiseOffset <= 1, "«noise offset»", noiseOffset, "0 to 1, such as 0.05");
    Ranges.require(priorWeight >= 0, "«prior weight»", priorWeight, "0 or a positive number such as 1");
    Ranges.require(minTimestep >= 0 && minTimestep < maxTimestep, "«min timestep»", minTimestep,
        "at least 0 and below «max timestep», which is " + maxTimestep);
  }
}
