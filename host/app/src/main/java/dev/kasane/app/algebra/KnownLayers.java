package dev.kasane.app.algebra;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The layers of a published base, without its weights. */
final class KnownLayers implements LayerTable {
  private final KnownBase base;
  private final Map<String, Collection<String>> paths;
  private final Map<String, Map<String, Shape>> shapes;

  KnownLayers(KnownBase base) {
    this.base = base;
    this.paths = base.layers();
    this.shapes = base.weights();
  }

  @Override
  public String name() {
    return "the known base " + base.id();
  }

  @Override
  public Map<String, Collection<String>> paths() {
    return paths;
  }

  @Override
  public Optional<Shape> shape(String component, String path) {
    return Optional.ofNullable(shapes.getOrDefault(component, Map.of()).get(path + ".weight"));
  }

  @Override
  public boolean hasBias(String component, String path) {
    return shapes.getOrDefault(component, Map.of()).containsKey(path + ".bias");
  }
}
