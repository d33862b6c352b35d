/**
 * From a request to a picture.
 *
 * <p>{@link dev.kasane.diffusion.pipeline.ImageModels} opens a base model as an
 * {@link dev.kasane.diffusion.pipeline.ImageModel}, in two steps, so that a request can be checked before
 * weights are read. {@link dev.kasane.diffusion.pipeline.Sampler} is where to start reading:
 *
 * <pre>
 *   prompt, negative ── PromptEncoder ── context ──┐
 *   seed ── noise (or a start picture's latents) ── U-Net, guidance, scheduler: once a step
 *                                                  └── latents ── autoencoder ── picture
 * </pre>
 *
 * <p>Adapters do not appear here: they hang on the model's layers, and the same sampler draws with
 * whatever is attached at the moment, for sample pictures while training, too.
 *
 * <p>Every random number comes from libtorch's generator on the CPU in the order in which diffusers draws
 * it, so that the same base, prompt, seed and scheduler give the picture that diffusers gives. Tests hold
 * whole runs to it.
 */
package dev.kasane.diffusion.pipeline;
