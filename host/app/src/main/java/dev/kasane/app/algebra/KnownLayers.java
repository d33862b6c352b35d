package dev.kasane.app.algebra;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The layers of a published base, without its weights. */
final class KnownLayers implements LayerTable {
  private final KnownBase base;
  private final Map<String, Module> components;
  private final Map<String, Collection<String>> paths;
  private final Map<String, Map<String, Shape>> shapes;

  KnownLayers(KnownBase base) {
    this.base = base;
    this.components = base.components();
    this.paths = base.layers();
    this.shapes = base.weights();
  }

  /** Whether no layer of an adapter has another shape than here. */
  boolean fits(AdapterModel model, List<AdapterMethod> methods, NDManager parent) {
    try (NDManager scope = parent.newSubManager()) {
      return Injector.fit(components, model, methods, 1, scope).report().misshapen().isEmpty();
    }
  }

  /** The names alone, for a model that is built alike and has other sizes. */
  LayerTable withoutShapes() {
    return LayerTable.of("a model with the layers of " + base.id() + " in other sizes", paths);
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
