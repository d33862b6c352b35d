package dev.kasane.diffusion.vae;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.Module;

/**
 * The variational autoencoder between pictures and latents (Rombach et al. 2022, section 3.1), under
 * diffusers' names.
 */
public final class AutoencoderKL extends Module {
  private final VaeConfig config;
  private final Encoder encoder;
  private final Decoder decoder;
  private final Conv2d quantConv;
  private final Conv2d postQuantConv;

  /**
   * Builds the modules; weights come later.
   *
   * @param config the autoencoder's shape
   */
  public AutoencoderKL(VaeConfig config) {
    this.config = config;
    encoder = child("encoder", new Encoder(config));
    decoder = child("decoder", new Decoder(config));
    int latents = config.latentChannels();
    quantConv = child("quant_conv", new Conv2d(latents * 2L, latents * 2L, 1, 1, 0));
    postQuantConv = child("post_quant_conv", new Conv2d(latents, latents, 1, 1, 0));
  }

  /** The autoencoder's shape. */
  public VaeConfig config() {
    return config;
  }

  /**
   * Encodes pictures.
   *
   * @param picture (batch, 3, height, width) in [−1, 1]
   * @return (batch, 2·latentChannels, height/8, width/8): means, then logarithms of variances
   */
  public NDArray encodeMoments(NDArray picture) {
    try (NDArray encoded = encoder.forward(picture)) {
      return quantConv.forward(encoded);
    }
  }

  /**
   * Decodes latents.
   *
   * @param latents (batch, latentChannels, height, width), already divided by the scaling factor
   * @return (batch, 3, 8·height, 8·width), about [−1, 1]
   */
  public NDArray decode(NDArray latents) {
    try (NDArray entered = postQuantConv.forward(latents)) {
      return decoder.forward(entered);
    }
  }
}
