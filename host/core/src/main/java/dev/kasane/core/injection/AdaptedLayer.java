package dev.kasane.core.injection;

import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.spi.LayerAdapter;

/**
 * A layer with its adapter.
 *
 * @param component which part of the base model: {@code unet}, {@code text_encoder}
 * @param layer the layer
 * @param adapter what is trained, saved and merged
 * @param attachment how the layer runs it, with its strength
 */
public record AdaptedLayer(String component, AdaptableLayer layer, LayerAdapter adapter, Attachment attachment) {
  /** An adapter that is not on the layer yet. */
  AdaptedLayer(String component, AdaptableLayer layer, LayerAdapter adapter, double multiplier) {
    this(component, layer, adapter, new Attachment(adapter, multiplier));
  }

  /** The component and the layer's path in it, joined by a dot. */
  public String name() {
    return component + "." + layer.path();
  }
}
