package dev.kasane.diffusion.scheduler;

/**
 * The settings that change the arithmetic of single steps.
 *
 * @param clipSample whether DDIM and LCM clip the predicted clean latents
 * @param clipSampleRange the bound of that clipping, above 0
 * @param setAlphaToOne whether DDIM, PNDM and LCM take ᾱ = 1 beyond the first timestep, rather than ᾱ₀
 * @param skipPrkSteps whether PNDM starts with multistep updates at once, without Runge-Kutta steps
 * @param timestepScaling sharpness of the boundary condition of latent consistency models
 */
public record SolverConfig(
    boolean clipSample,
    double clipSampleRange,
    boolean setAlphaToOne,
    boolean skipPrkSteps,
    double timestepScaling) {

  SolverConfig with(boolean clip, boolean alphaToOne) {
    return new SolverConfig(clip, clipSampleRange, alphaToOne, skipPrkSteps, timestepScaling);
  }
}
