package dev.kasane.core.injection;

import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;

/**
 * A layer with its adapter.
 *
 * @param component which part of the base model: {@code unet}, {@code text_encoder}
 * @param layer the layer
 * @param attachment the adapter on it, with its strength
 */
public record AdaptedLayer(String component, AdaptableLayer layer, Attachment attachment) {
  /** The component and the layer's path in it, joined by a dot. */
  public String name() {
    return component + "." + layer.path();
  }
}
