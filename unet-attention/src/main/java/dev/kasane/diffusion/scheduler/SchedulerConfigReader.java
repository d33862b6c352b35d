package dev.kasane.diffusion.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads {@link SchedulerConfig} from JSON. */
final class SchedulerConfigReader {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_TIMESTEPS = 100_000;

  private SchedulerConfigReader() {}

  static SchedulerConfig read(Path file) {
    JsonNode root = parse(file, content(file));
    if (root == null || !root.isObject()) {
      throw new FileFault(file, "not a JSON object. A scheduler_config.json was expected.");
    }
    return config(file.toString(), new ConfigValues(file.toString(), root));
  }

  private static byte[] content(Path file) {
    try (InputStream in = InputFile.stream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new FileFault(
            file, "larger than 1 MiB, which no scheduler_config.json is. Check that it is the right one.");
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw new FileFault(
          file, "no such file. A diffusers model folder has it under scheduler/.", missing);
    } catch (IOException unreadable) {
      throw new FileFault(file, "cannot be read (" + FileFaults.reason(unreadable) + ").", unreadable);
    }
  }

  private static JsonNode parse(Path file, byte[] content) {
    try {
      return Json.PYTHON.readTree(content);
    } catch (JsonProcessingException broken) {
      throw new FileFault(
          file, "not valid JSON (" + JsonFault.of(broken) + "). Fetch the file again.", broken);
    } catch (IOException unreadable) {
      throw new FileFault(file, "cannot be read (" + FileFaults.reason(unreadable) + ").", unreadable);
    }
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
