package dev.kasane.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerConfigTest {
  @TempDir Path folder;

  @Test
  void readsWhatTheFileStates() throws IOException {
    SchedulerConfig config = read("""
        {"_class_name": "LCMScheduler", "_diffusers_version": "0.25.0", "num_train_timesteps": 500,
         "beta_start": 0.001, "beta_end": 0.01, "beta_schedule": "linear", "trained_betas": null,
         "prediction_type": "v_prediction", "timestep_spacing": "trailing", "steps_offset": 3,
         "clip_sample": true, "clip_sample_range": 2.5, "set_alpha_to_one": false,
         "skip_prk_steps": true, "rescale_betas_zero_snr": true, "original_inference_steps": 25,
         "timestep_scaling": 5, "an_unknown_key": {"is": "ignored"}}""");
    assertThat(config.className()).isEqualTo("LCMScheduler");
    assertThat(config.predictionType()).isEqualTo(PredictionType.V_PREDICTION);
    assertThat(config.betas())
        .isEqualTo(new BetaConfig(500, 0.001, 0.01, BetaSchedule.LINEAR, List.of(), true));
    assertThat(config.timesteps())
        .isEqualTo(new TimestepConfig(TimestepSpacing.TRAILING, 3, false, 25));
    assertThat(config.solver()).isEqualTo(new SolverConfig(true, 2.5, false, true, 5));
    assertThat(config.forKind(SchedulerKind.LCM)).isEqualTo(config);
  }

  @Test
  void gapsTakeTheDefaultsOfTheSamplerThatIsUsed() {
    SchedulerConfig bare = Goldens.config("bare");
    assertThat(bare.forKind(SchedulerKind.DDIM).solver().clipSample()).isTrue();
    assertThat(bare.forKind(SchedulerKind.PNDM).solver().setAlphaToOne()).isFalse();
    assertThat(bare.forKind(SchedulerKind.LCM).betas().schedule()).isEqualTo(BetaSchedule.SCALED_LINEAR);
    assertThat(bare.forKind(SchedulerKind.EULER).timesteps().spacing())
        .isEqualTo(TimestepSpacing.LINSPACE);
    assertThat(Goldens.spaced(bare, TimestepSpacing.TRAILING).forKind(SchedulerKind.EULER)
        .timesteps().spacing()).isEqualTo(TimestepSpacing.TRAILING);
  }

  @Test
  void theBuiltInSettingsAreThoseStableDiffusionShips() {
    SchedulerConfig shipped = Goldens.config("sd-v");
    SchedulerConfig builtIn = SchedulerConfig.stableDiffusion(PredictionType.V_PREDICTION);
    for (SchedulerKind kind : SchedulerKind.values()) {
      SchedulerConfig expected = shipped.forKind(kind);
      SchedulerConfig actual = builtIn.forKind(kind);
      assertThat(actual.betas()).isEqualTo(expected.betas());
      assertThat(actual.timesteps()).isEqualTo(expected.timesteps());
      assertThat(actual.solver()).isEqualTo(expected.solver());
      assertThat(actual.predictionType()).isEqualTo(expected.predictionType());
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "num_train_timesteps | 1",
      "num_train_timesteps | 10.5",
      "num_train_timesteps | \"1000\"",
      "num_train_timesteps | 99999999999",
      "beta_start | -0.1",
      "beta_end | NaN",
      "beta_end | \"a\"",
      "beta_schedule | \"quadratic\"",
      "beta_schedule | 3",
      "prediction_type | \"flow_prediction\"",
      "timestep_spacing | \"middle\"",
      "steps_offset | -1",
      "clip_sample | \"false\"",
      "clip_sample_range | 0",
      "trained_betas | [0.1,0.2]",
      "trained_betas | 0.1",
      "original_inference_steps | 0",
      "_class_name | 7"})
  void wrongValuesNameFileAndKey(String key, String value) {
    assertThatThrownBy(() -> read("{\"" + key + "\": " + value + "}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder.resolve("scheduler_config.json").toString())
        .hasMessageContaining('"' + key + '"')
        .hasMessageContaining(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "null", "{} {}", "\u0000"})
  void whatIsNoJsonObjectIsRefused(String content) {
    assertThatThrownBy(() -> read(content))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("scheduler_config.json")
        .hasMessageContaining("JSON");
  }

  @Test
  void missingAndOversizedFilesAreRefused() {
    assertThatThrownBy(() -> SchedulerConfig.read(folder.resolve("absent.json")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("absent.json does not exist");
    assertThatThrownBy(() -> read("{\"a\": \"" + "x".repeat(1 << 20) + "\"}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("larger than 1 MiB");
    assertThatThrownBy(() -> SchedulerConfig.read(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void settingsOfASamplerThatIsLackingDoNotBarOthers() throws IOException {
    SchedulerConfig sde = read("""
        {"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++",
         "solver_order": 3, "lambda_min_clipped": -Infinity}""");
    try (Scheduler euler = SchedulerKind.EULER.newScheduler(sde, 4)) {
      assertThat(euler.timesteps()).hasSize(4);
    }
  }

  private SchedulerConfig read(String json) throws IOException {
    return SchedulerConfig.read(
        Files.writeString(folder.resolve("scheduler_config.json"), json));
  }
}
