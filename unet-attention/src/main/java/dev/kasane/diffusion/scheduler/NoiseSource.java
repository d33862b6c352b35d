package dev.kasane.diffusion.scheduler;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Where a sampler gets Gaussian noise from.
 *
 * <p>Samplers ask at exactly the moments at which the reference draws, so a source that draws from libtorch's
 * generator repeats its pictures.
 */
@FunctionalInterface
public interface NoiseSource {
  /**
   * Draws standard normal noise.
   *
   * @param shape shape of the latents
   * @return a new float array of that shape, on the device of the latents; the sampler closes it after use
   */
  NDArray next(Shape shape);
}
