/**
 * Methods that turn a layer's outputs: Diag-OFT by blocks, BOFT by layers of butterflies.
 *
 * <p>Start with {@link dev.kasane.plugin.lycoris.rotation.DiagOftMethod}; both share {@code Rotation}, the adapter, which
 * makes an orthogonal matrix of what is trained.
 */
package dev.kasane.plugin.lycoris.rotation;
