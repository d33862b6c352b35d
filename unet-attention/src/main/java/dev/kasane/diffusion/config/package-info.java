/**
 * Strict reading of a model's {@code config.json}.
 *
 * <p>{@link dev.kasane.diffusion.config.ModelConfig} is what the configurations of U-Net, autoencoder and
 * text encoder are read through. A key that is absent takes the reference library's default. A key whose
 * value asks for something that this engine does not build is an error that names file, key and value,
 * because a model built in spite of it would load and draw noise.
 */
package dev.kasane.diffusion.config;
