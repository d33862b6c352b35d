package dev.kasane.core.spi;

import ai.djl.ndarray.NDManager;

/** A method that has read its options, once for all layers: what makes fresh adapters. For most methods a lambda. */
@FunctionalInterface
public interface PreparedMethod {
  /**
   * Makes a fresh trainable adapter whose ΔW is zero, or makes up for what quantising took from the weight.
   *
   * <p>Random initial values come from libtorch's default generator, which the caller has seeded.
   *
   * @param layer the layer it is for
   * @param scope owner of the parameters, which require gradients
   * @throws dev.kasane.core.UserException that names the layer when the options cannot be used on it
   */
  LayerAdapter attach(TargetLayer layer, NDManager scope);

  /**
   * Whether {@link #attach} looks at what weights were quantised from, {@link FrozenWeight#original}. The dense
   * weights are then kept in memory until it has.
   */
  default boolean needsOriginals() {
    return false;
  }
}
