/**
 * How the demo base that comes with Kasane is made: a Stable Diffusion 1.x of a few million parameters,
 * trained from nothing on pictures that this program draws.
 *
 * <p>{@link dev.kasane.diffusion.demo.base.DemoBaseTrainer} runs two stages; {@code kasane demo-base}
 * calls it.
 *
 * <pre>
 *   world, prints, textures ── autoencoder                               (VaeStage)
 *                                   │ latents of many scenes, encoded once (WorldLatents)
 *   captions ── tokeniser ── text encoder + U-Net learn to denoise them  (DenoiserStage)
 *                                   │
 *                               DemoBase ── a diffusers folder
 * </pre>
 *
 * <p>Both stages use the trainer of {@link dev.kasane.core.training}, as adapter training does, with
 * every weight a parameter ({@code FreshWeights}) and a moving average of them that becomes the result
 * ({@link dev.kasane.core.training.WholeModelRun}). The stages' checkpoints let a stopped run go on. The
 * architecture is the resource {@code demo-base.json}; the pictures and captions come from
 * {@link dev.kasane.diffusion.demo}.
 *
 * <p>The ink style is shown to the autoencoder alone, which has to carry it; text encoder and U-Net see
 * only the flat world, so that the style is something an adapter has to teach.
 */
package dev.kasane.diffusion.demo.base;
