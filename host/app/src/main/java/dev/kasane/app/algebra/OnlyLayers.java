package dev.kasane.app.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.injection.BlockWeights;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Some of a checkpoint's layers. */
public final class OnlyLayers implements LayerTable {
  private final LayerTable all;
  private final Map<String, Collection<String>> paths = new LinkedHashMap<>();

  /**
   * @param all the checkpoint
   * @param blocks which of its layers
   * @throws dev.kasane.core.UserException when a pattern fits none
   */
  public OnlyLayers(LayerTable all, BlockWeights blocks) {
    this.all = all;
    blocks.requireUse(all.paths().entrySet().stream()
        .flatMap(each -> each.getValue().stream().map(path -> each.getKey() + "." + path)).toList());
    all.paths().forEach((component, layers) -> {
      List<String> some = layers.stream().filter(path -> blocks.names(component + "." + path)).toList();
      if (!some.isEmpty()) {
        paths.put(component, some);
      }
    });
  }

  @Override
  public String name() {
    return all.name();
  }

  @Override
  public Map<String, Collection<String>> paths() {
    return paths;
  }

  @Override
  public Optional<Shape> shape(String component, String path) {
    return all.shape(component, path);
  }

  @Override
  public boolean isTied(String component, String path) {
    return all.isTied(component, path);
  }

  @Override
  public boolean hasBias(String component, String path) {
    return all.hasBias(component, path);
  }

  @Override
  public Optional<NDArray> bias(String component, String path, NDManager scope) {
    return all.bias(component, path, scope);
  }

  @Override
  public Optional<NDArray> weight(String component, String path, NDManager scope) {
    return all.weight(component, path, scope);
  }
}
