/**
 * Stable Diffusion as a family of base models: {@link dev.kasane.diffusion.base.ImageFamily} is what the application
 * finds through the service loader. {@code BaseSigns} tells by a header for which generation an adapter was made.
 * {@link dev.kasane.diffusion.base.ImageBase} is an opened model, {@link dev.kasane.diffusion.base.ImageTraining} pictures
 * that it is to learn from.
 */
package dev.kasane.diffusion.base;
