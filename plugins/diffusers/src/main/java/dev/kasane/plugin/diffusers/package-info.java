/**
 * The adapter files of diffusers, all its generations.
 *
 * <p>A key is the part of the pipeline, the layer's dotted path and a parameter, but each generation spelt
 * them otherwise: first attention processors without a part
 * ({@code down_blocks.…attn1.processor.to_q_lora.down.weight}), then layers ({@code unet.…to_q.lora.down.weight},
 * {@code lora_linear_layer} in text encoders), now PEFT's names ({@code unet.…to_q.lora_A.weight}).
 * {@link dev.kasane.plugin.diffusers.DiffusersKey} understands all of them; written is the last.
 *
 * <p>None of them has alphas as tensors. Newer versions keep PEFT's settings in the file's metadata, which
 * {@link dev.kasane.plugin.diffusers.PeftMetadata} reads and writes; without them alpha is the rank.
 */
package dev.kasane.plugin.diffusers;
