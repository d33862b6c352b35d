package dev.kasane.diffusion.scheduler;

/**
 * The settings that choose the timesteps of a run.
 *
 * @param spacing how timesteps spread over the training timesteps
 * @param stepsOffset added to every timestep of leading spacing, 0 or more; Stable Diffusion has 1
 * @param karrasSigmas whether noise levels follow Karras et al. (2022), equation 5, with ρ = 7
 * @param originalInferenceSteps length of the schedule a latent consistency model was distilled with
 */
public record TimestepConfig(
    TimestepSpacing spacing, int stepsOffset, boolean karrasSigmas, int originalInferenceSteps) {

  TimestepConfig withSpacing(TimestepSpacing other) {
    return new TimestepConfig(other, stepsOffset, karrasSigmas, originalInferenceSteps);
  }

  TimestepConfig withKarrasSigmas(boolean karras) {
    return new TimestepConfig(spacing, stepsOffset, karras, originalInferenceSteps);
  }
}
