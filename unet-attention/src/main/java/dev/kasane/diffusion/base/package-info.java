/**
 * Stable Diffusion as a family of base models: {@link dev.kasane.diffusion.base.ImageFamily} is what the application
 * finds through the service loader. {@code BaseSigns} tells by a header for which generation an adapter was made.
 */
package dev.kasane.diffusion.base;
