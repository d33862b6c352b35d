package dev.kasane.diffusion.scheduler;

/** The curve of the noise variances β over the training timesteps. */
public enum BetaSchedule implements ConfigNamed {
  /** β grows linearly (Ho et al., 2020). */
  LINEAR("linear"),
  /** √β grows linearly: every Stable Diffusion. */
  SCALED_LINEAR("scaled_linear"),
  /** ᾱ follows a squared cosine, β capped at 0.999 (Nichol and Dhariwal, 2021). */
  SQUARED_COSINE("squaredcos_cap_v2");

  private final String configName;

  BetaSchedule(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }
}
