package dev.kasane.core.algebra.merge;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.LayerTable;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** A checkpoint whose weights are not those that the adapters were made for. */
record WithoutWeights(LayerTable base) implements LayerTable {
  @Override
  public String name() {
    return base.name();
  }

  @Override
  public Map<String, Collection<String>> paths() {
    return base.paths();
  }

  @Override
  public Optional<Shape> shape(String component, String path) {
    return base.shape(component, path);
  }

  @Override
  public boolean isTied(String component, String path) {
    return base.isTied(component, path);
  }

  @Override
  public boolean hasBias(String component, String path) {
    return base.hasBias(component, path);
  }

  @Override
  public String whyNoWeight() {
    return name() + " holds merged weights, from which such an update cannot be worked out again. Keep the base"
        + " model and use that.";
  }
}
