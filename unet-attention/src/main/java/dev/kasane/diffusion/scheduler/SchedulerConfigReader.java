package dev.kasane.diffusion.scheduler;

import dev.kasane.core.JsonFiles;
import java.nio.file.Path;

/** Reads {@link SchedulerConfig} from JSON. */
final class SchedulerConfigReader {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_TIMESTEPS = 100_000;

  private SchedulerConfigReader() {}

  static SchedulerConfig read(Path file) {
    return config(file.toString(), new ConfigValues(file.toString(), JsonFiles.read(file, MOST_BYTES)));
  }

  private static SchedulerConfig config(String origin, ConfigValues values) {
    BetaConfig betas = betas(values);
    return new SchedulerConfig(
        origin,
        values.text("_class_name", ""),
        values.choice("prediction_type", PredictionType.EPSILON, PredictionType.values()),
        betas,
        timesteps(values, betas.trainTimesteps()),
        solver(values),
        values.statedKeys());
  }

  private static BetaConfig betas(ConfigValues values) {
    boolean consistency = values.text("_class_name", "").equals(SchedulerKind.LCM.className());
    SamplerDefaults gaps = consistency ? SamplerDefaults.LCM : SamplerDefaults.DDIM;
    int trainTimesteps = values.integer("num_train_timesteps", 1000, 2, MOST_TIMESTEPS);
    return new BetaConfig(
        trainTimesteps,
        values.between("beta_start", gaps.betaStart(), 0, 1),
        values.between("beta_end", gaps.betaEnd(), 0, 1),
        values.choice("beta_schedule", gaps.betaSchedule(), BetaSchedule.values()),
        values.fractions("trained_betas", trainTimesteps),
        values.flag("rescale_betas_zero_snr", false));
  }

  private static TimestepConfig timesteps(ConfigValues values, int trainTimesteps) {
    return new TimestepConfig(
        values.choice("timestep_spacing", SamplerDefaults.DDIM.spacing(), TimestepSpacing.values()),
        values.integer("steps_offset", 0, 0, trainTimesteps - 1),
        values.flag("use_karras_sigmas", false),
        values.integer("original_inference_steps", Math.min(50, trainTimesteps), 1, trainTimesteps));
  }

  private static SolverConfig solver(ConfigValues values) {
    SamplerDefaults gaps = SamplerDefaults.DDIM;
    return new SolverConfig(
        values.flag("clip_sample", gaps.clipSample()),
        values.between("clip_sample_range", 1, 0, Double.POSITIVE_INFINITY),
        values.flag("set_alpha_to_one", gaps.setAlphaToOne()),
        values.flag("skip_prk_steps", false),
        values.between("timestep_scaling", 10, 0, Double.POSITIVE_INFINITY));
  }
}
