/**
 * The autoencoder between pictures and latents, {@code AutoencoderKL} by its diffusers name.
 *
 * <p>{@link dev.kasane.diffusion.vae.AutoencoderKL} turns a picture of [−1, 1] into the moments of a
 * normal distribution over latents with a side of an eighth, and latents back into a picture:
 *
 * <pre>
 *   (batch, 3, h, w) ─ Encoder ─ quant_conv ─ means, log variances (batch, 2·c, h/8, w/8)
 *   latents / scale ─ post_quant_conv ─ Decoder ─ (batch, 3, h, w)
 * </pre>
 *
 * <p>The scale that latents are multiplied by before the U-Net sees them is in
 * {@link dev.kasane.diffusion.vae.VaeConfig}; whoever calls applies it. Residual blocks and operators are
 * shared with {@link dev.kasane.diffusion.unet}. Adapters are not attached to this part.
 */
package dev.kasane.diffusion.vae;
