package dev.kasane.diffusion.scheduler;

/**
 * What a sampler assumes for keys that a {@code scheduler_config.json} leaves out. The reference gives each
 * of its classes its own defaults and falls back to them even when a file written for another class is used.
 */
record SamplerDefaults(
    double betaStart,
    double betaEnd,
    BetaSchedule betaSchedule,
    TimestepSpacing spacing,
    boolean clipSample,
    boolean setAlphaToOne) {

  static final SamplerDefaults DDIM = classic(TimestepSpacing.LEADING, true, true);
  static final SamplerDefaults SIGMAS = classic(TimestepSpacing.LINSPACE, false, false);
  static final SamplerDefaults PNDM = classic(TimestepSpacing.LEADING, false, false);
  static final SamplerDefaults LCM =
      new SamplerDefaults(
          0.00085, 0.012, BetaSchedule.SCALED_LINEAR, TimestepSpacing.LEADING, false, true);

  private static SamplerDefaults classic(TimestepSpacing spacing, boolean clip, boolean alphaToOne) {
    return new SamplerDefaults(0.0001, 0.02, BetaSchedule.LINEAR, spacing, clip, alphaToOne);
  }
}
