/**
 * Base models on disk: every layout in which Stable Diffusion 1.x and 2.x are passed around, seen as one.
 *
 * <p>There are two families of layouts. diffusers keeps a folder with a folder for each part (U-Net,
 * autoencoder, text encoder, tokeniser, noise schedule), each with its configuration. The original
 * implementation keeps all weights in one file, under its own names and without any configuration. Both
 * come as safetensors and as pickles, whole or in several files, in full or half precision, and with names
 * that changed over the years.
 *
 * <p>{@link dev.kasane.diffusion.checkpoint.BaseCheckpoint} opens any of them and shows configurations and
 * tensors under the names of diffusers and transformers, which are also those of our own modules. The
 * translation is made of tables ({@link dev.kasane.diffusion.checkpoint.NameTable}) that are one to one, so
 * they can be read backwards; none of them guesses. What a single file does not say is worked out in
 * {@code OriginalConfigs}, whose documentation says what cannot be known.
 *
 * <p>{@link dev.kasane.diffusion.checkpoint.KnownBase} knows the layers of the published bases without any
 * file, so that adapters can be checked and converted with no base at hand.
 *
 * <p>{@link dev.kasane.diffusion.checkpoint.DiffusersFolder} writes a base model as a diffusers folder.
 */
package dev.kasane.diffusion.checkpoint;
