package dev.kasane.text.family;

import java.util.List;

/** The key {@code layer_types} of newer configurations, which says of each layer whether it has a window. */
final class LayerTypes {
  private LayerTypes() {}

  static boolean isWindowed(List<String> types, int layer, boolean usually) {
    return layer < types.size() ? types.get(layer).equals("sliding_attention") : usually;
  }
}
