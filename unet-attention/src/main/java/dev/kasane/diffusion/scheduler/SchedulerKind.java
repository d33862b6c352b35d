package dev.kasane.diffusion.scheduler;

import dev.kasane.core.NearNames;
import dev.kasane.core.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The samplers, under the names users type. */
public enum SchedulerKind {
  /** DDIM; deterministic unless eta is above 0. */
  DDIM("ddim", "DDIMScheduler", false, SamplerDefaults.DDIM),
  /** Euler steps. */
  EULER("euler", "EulerDiscreteScheduler", false, SamplerDefaults.SIGMAS),
  /** Euler steps at the noise levels of Karras et al. */
  EULER_KARRAS("euler-karras", "EulerDiscreteScheduler", true, SamplerDefaults.SIGMAS),
  /** Euler steps with fresh noise in each. */
  EULER_ANCESTRAL(
      "euler-ancestral", "EulerAncestralDiscreteScheduler", false, SamplerDefaults.SIGMAS),
  /** DPM-Solver++ of second order, multistep. */
  DPMPP_2M("dpmpp-2m", "DPMSolverMultistepScheduler", false, SamplerDefaults.SIGMAS),
  /** DPM-Solver++ of second order, multistep, at the noise levels of Karras et al. */
  DPMPP_2M_KARRAS("dpmpp-2m-karras", "DPMSolverMultistepScheduler", true, SamplerDefaults.SIGMAS),
  /** Pseudo numerical methods, the sampler of the first Stable Diffusion. */
  PNDM("pndm", "PNDMScheduler", false, SamplerDefaults.PNDM),
  /** Latent consistency models, for adapters and models distilled to a few steps. */
  LCM("lcm", "LCMScheduler", false, SamplerDefaults.LCM);

  private final String optionName;
  private final String className;
  private final boolean karrasSigmas;
  private final SamplerDefaults defaults;

  SchedulerKind(String optionName, String className, boolean karrasSigmas, SamplerDefaults defaults) {
    this.optionName = optionName;
    this.className = className;
    this.karrasSigmas = karrasSigmas;
    this.defaults = defaults;
  }

  /** Returns the name users type, such as {@code dpmpp-2m-karras}. */
  public String optionName() {
    return optionName;
  }

  @Override
  public String toString() {
    return optionName;
  }

  /** Returns the {@code _class_name} that stands for this sampler in a {@code scheduler_config.json}. */
  public String className() {
    return className;
  }

  boolean karrasSigmas() {
    return karrasSigmas;
  }

  SamplerDefaults defaults() {
    return defaults;
  }

  /**
   * The sampler of a typed name; letter case does not matter.
   *
   * @throws UserException if there is none of that name; the message suggests one and lists all
   */
  public static SchedulerKind parse(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    return Arrays.stream(values())
        .filter(kind -> kind.optionName.equals(wanted))
        .findFirst()
        .orElseThrow(() -> unknown(name, wanted));
  }

  /**
   * Makes a sampler for one run.
   *
   * @param config the model's settings; gaps in its file are filled with this sampler's defaults
   * @param steps number of steps, 1 to the number of training timesteps
   * @throws UserException if the sampler cannot work with the settings or the number of steps
   */
  public Scheduler newScheduler(SchedulerConfig config, int steps) {
    return newScheduler(config, steps, 0);
  }

  /**
   * Makes a sampler for one run.
   *
   * @param config the model's settings; gaps in its file are filled with this sampler's defaults
   * @param steps number of steps, 1 to the number of training timesteps
   * @param eta share of DDPM's noise that DDIM adds, 0 to 1; the other samplers have no such choice and
   *     leave it aside
   * @throws UserException if the sampler cannot work with the settings or the number of steps
   */
  public Scheduler newScheduler(SchedulerConfig config, int steps, double eta) {
    int most = config.betas().trainTimesteps();
    if (steps < 1 || steps > most) {
      throw new UserException("steps is " + steps + ", but has to be from 1 to " + most + ".");
    }
    SchedulerConfig own = config.forKind(this);
    return switch (this) {
      case DDIM -> new DdimScheduler(own, steps, eta);
      case EULER, EULER_KARRAS -> EulerScheduler.of(own, steps);
      case EULER_ANCESTRAL -> EulerAncestralScheduler.of(own, steps);
      case DPMPP_2M, DPMPP_2M_KARRAS -> DpmSolverScheduler.of(own, steps);
      case PNDM -> new PndmScheduler(own, steps);
      case LCM -> new LcmScheduler(own, steps);
    };
  }

  private static UserException unknown(String typed, String wanted) {
    String suggestion =
        NearNames.closest(wanted, names()).map(name -> " Did you mean \"" + name + "\"?").orElse("");
    return new UserException(
        "There is no scheduler \"" + typed + "\"." + suggestion + " There are: "
            + String.join(", ", names()) + ".");
  }

  private static List<String> names() {
    return Arrays.stream(values()).map(SchedulerKind::optionName).toList();
  }
}
