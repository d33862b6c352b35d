/**
 * The denoiser of Stable Diffusion 1.x, 2.x and XL, {@code UNet2DConditionModel} by its diffusers name.
 *
 * <p>{@link dev.kasane.diffusion.unet.UNet2DConditionModel} puts it together from what
 * {@link dev.kasane.diffusion.unet.UNetConfig} read from {@code config.json}:
 *
 * <pre>
 *   noisy latents ─ conv_in ─ down_blocks ─ mid_block ─ up_blocks ─ conv_out ─ prediction
 *                       └─────── skips, last first ────────┘
 *   timestep ─ sinusoids ─ two linear layers ─ every ResnetBlock
 *   text ───────────────────────────────────── every SpatialTransformer (attn2)
 * </pre>
 *
 * <p>A block's layer is a {@link dev.kasane.diffusion.unet.ResnetBlock} and, where the configuration says
 * so, a {@code SpatialTransformer} after it, whose projections are linear or 1×1 convolutions. Every
 * linear layer and convolution can carry adapters, under the path that diffusers gives it.
 *
 * <p>XL's transformers have several blocks, and what its second text encoder and the picture's sizes say is
 * added to the embedded timestep ({@link dev.kasane.diffusion.unet.UNetConfig.AddedConditions}). Drawing and
 * training do not use it yet; adapters are read and matched with it.
 *
 * <p>The model runs as a chain of {@link dev.kasane.core.module.Segment}s over (hidden, time, context,
 * skips…): drawing walks through it, and training with gradient checkpointing keeps only the states
 * between. The autoencoder shares the residual block and the operators of
 * {@link dev.kasane.diffusion.unet.UNetOps}.
 */
package dev.kasane.diffusion.unet;
