package dev.kasane.diffusion.scheduler;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The content of a {@code scheduler_config.json}, with the gaps filled.
 *
 * <p>Which value fills a gap depends on the sampler, so the record remembers which keys the file stated;
 * {@link #forKind} fills the gaps anew for another sampler.
 *
 * @param origin the file, or what stands in for it, for messages
 * @param className {@code _class_name} of the file, empty if it had none
 * @param predictionType what the model predicts
 * @param betas settings of the forward process
 * @param timesteps settings that choose timesteps
 * @param solver settings of single steps
 * @param statedKeys keys that the file itself set, as spelt there
 */
public record SchedulerConfig(
    String origin,
    String className,
    PredictionType predictionType,
    BetaConfig betas,
    TimestepConfig timesteps,
    SolverConfig solver,
    Set<String> statedKeys) {

  private static final Set<String> STABLE_DIFFUSION_KEYS =
      Set.of("beta_start", "beta_end", "beta_schedule", "num_train_timesteps", "set_alpha_to_one",
          "skip_prk_steps", "steps_offset", "clip_sample", "prediction_type");

  /** Copies the set, so that the record is immutable. */
  public SchedulerConfig {
    statedKeys = Set.copyOf(statedKeys);
  }

  /**
   * Reads a {@code scheduler_config.json}. Keys that mean nothing here are ignored.
   *
   * @param file the file, at most 1 MiB
   * @throws dev.kasane.core.UserException if the file is missing, is no JSON object or holds a wrong value;
   *     the message names file and key
   */
  public static SchedulerConfig read(Path file) {
    return SchedulerConfigReader.read(file);
  }

  /**
   * The settings that Stable Diffusion 1.x and 2.x ship, for checkpoints that come without the file.
   *
   * <p>As in those files, the timestep spacing is not stated: each sampler takes its own.
   *
   * @param predictionType {@code EPSILON} for 1.x and 2.x base, {@code V_PREDICTION} for 2.x at 768 pixels
   */
  public static SchedulerConfig stableDiffusion(PredictionType predictionType) {
    return new SchedulerConfig(
        "the Stable Diffusion settings",
        SchedulerKind.PNDM.className(),
        predictionType,
        new BetaConfig(1000, 0.00085, 0.012, BetaSchedule.SCALED_LINEAR, List.of(), false),
        new TimestepConfig(TimestepSpacing.LEADING, 1, false, 50),
        new SolverConfig(false, 1, false, true, 10),
        STABLE_DIFFUSION_KEYS);
  }

  /**
   * The same file as another sampler reads it: stated keys stay, gaps take that sampler's defaults, and the
   * choice of Karras sigmas is the sampler's.
   */
  public SchedulerConfig forKind(SchedulerKind kind) {
    SamplerDefaults gaps = kind.defaults();
    BetaConfig curve =
        new BetaConfig(
            betas.trainTimesteps(),
            states("beta_start") ? betas.start() : gaps.betaStart(),
            states("beta_end") ? betas.end() : gaps.betaEnd(),
            states("beta_schedule") ? betas.schedule() : gaps.betaSchedule(),
            betas.trained(),
            // PNDM of the reference does not know the key and leaves the schedule as it is.
            kind != SchedulerKind.PNDM && betas.zeroTerminalSnr());
    TimestepSpacing spacing = states("timestep_spacing") ? timesteps.spacing() : gaps.spacing();
    SolverConfig arithmetic =
        solver.with(
            states("clip_sample") ? solver.clipSample() : gaps.clipSample(),
            states("set_alpha_to_one") ? solver.setAlphaToOne() : gaps.setAlphaToOne());
    TimestepConfig grid = timesteps.withSpacing(spacing).withKarrasSigmas(kind.karrasSigmas());
    return new SchedulerConfig(origin, className, predictionType, curve, grid, arithmetic, statedKeys);
  }

  /** The same settings for a model that predicts something else. */
  public SchedulerConfig withPredictionType(PredictionType type) {
    return new SchedulerConfig(origin, className, type, betas, timesteps, solver, statedKeys);
  }

  private boolean states(String key) {
    return statedKeys.contains(key);
  }
}
