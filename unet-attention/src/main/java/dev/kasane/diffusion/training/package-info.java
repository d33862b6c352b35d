/**
 * Training on pictures: the denoising objective and the data it is fed with.
 *
 * <p>{@link dev.kasane.diffusion.training.TrainingPictures} makes batch number n out of the data set, the
 * seed and n alone, down to captions, mirrorings and timesteps.
 * {@link dev.kasane.diffusion.training.DiffusionObjective} noises the latents of a batch, asks the U-Net and
 * weighs the squared errors; with gradient checkpointing it runs the U-Net in segments.
 *
 * <p>What the frozen parts of the base make of a picture or a caption is computed once and kept under a hash
 * of all that it depends on. {@link dev.kasane.diffusion.training.ImageTask} ties these to the
 * {@linkplain dev.kasane.core.training trainer} and is what a command drives.
 */
package dev.kasane.diffusion.training;
