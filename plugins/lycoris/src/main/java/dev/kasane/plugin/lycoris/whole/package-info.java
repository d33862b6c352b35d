/**
 * Methods that keep all of the difference to the base and save no rank: of a layer's weight, and of a normalisation's.
 *
 * <p>Start with {@link dev.kasane.plugin.lycoris.whole.FullMethod}; it and {@code NormMethod} share {@code Difference}, the
 * adapter.
 */
package dev.kasane.plugin.lycoris.whole;
