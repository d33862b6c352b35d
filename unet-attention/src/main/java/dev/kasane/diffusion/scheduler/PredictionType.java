package dev.kasane.diffusion.scheduler;

/** What the denoising model was trained to predict from noisy latents x = a·x₀ + s·ε. */
public enum PredictionType implements ConfigNamed {
  /** The noise ε: Stable Diffusion 1.x. */
  EPSILON("epsilon"),
  /** The velocity v = a·ε − s·x₀ (Salimans and Ho, 2022): Stable Diffusion 2.x at 768 pixels. */
  V_PREDICTION("v_prediction"),
  /** The clean latents x₀ themselves. */
  SAMPLE("sample");

  private final String configName;

  PredictionType(String configName) {
    this.configName = configName;
  }

  @Override
  public String configName() {
    return configName;
  }

  @Override
  public String toString() {
    return configName;
  }
}
