package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.ScaledPair;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerDelta;
import dev.kasane.core.tensor.GradMode;
import java.util.List;
import java.util.Optional;

/**
 * ΔW of saved modules, without a model. Low-rank pairs are multiplied here; every other method restores its
 * module on a {@link DetachedLayer}, and says so itself when it needs the base weight.
 */
public final class DeltaSource {
  private final ModuleRestorer restorer;
  private final LayerTable base;

  /**
   * @param methods the methods to try, in this order
   * @param base what is known of the base
   */
  public DeltaSource(List<? extends AdapterMethod> methods, LayerTable base) {
    this.restorer = new ModuleRestorer(methods);
    this.base = base;
  }

  /** What is known of the base. */
  LayerTable base() {
    return base;
  }

  /**
   * multiplier · ΔW, or what the module's method makes of a multiplier.
   *
   * @param component part of the base model
   * @param module what a file says of the layer
   * @param multiplier the strength
   * @param scope owner of the result
   * @return float32, in the base weight's layout where that is known, else in the factors' own
   * @throws UserException when no method knows the module, the base is needed and missing, or a shape does
   *     not fit
   */
  public NDArray delta(String component, AdapterModule module, double multiplier, NDManager scope) {
    try (GradMode off = GradMode.off()) {
      Optional<ScaledPair> pair = pair(component, module, scope);
      if (pair.isPresent()) {
        return pair.get().delta(scope, multiplier);
      }
      DetachedLayer layer = layer(component, module);
      NDArray delta = restored(layer, component, module, scope).weightDelta(scope, multiplier);
      return OPS.cast(delta, DataType.FLOAT32);
    }
  }

  /**
   * What the module adds to the layer's bias beside {@link #delta}; nothing for most.
   *
   * @return (out), float32
   * @throws UserException as {@link #delta}
   */
  public Optional<NDArray> biasDelta(String component, AdapterModule module, double multiplier, NDManager scope) {
    if (ScaledPair.isOf(module)) {
      return Optional.empty();
    }
    try (GradMode off = GradMode.off()) {
      DetachedLayer layer = layer(component, module);
      return restored(layer, component, module, scope).biasDelta(scope, multiplier)
          .map(delta -> OPS.cast(delta, DataType.FLOAT32));
    }
  }

  private DetachedLayer layer(String component, AdapterModule module) {
    return new DetachedLayer(component, module.path(), shapeOf(component, module), base);
  }

  private LayerDelta restored(DetachedLayer layer, String component, AdapterModule module, NDManager scope) {
    return restorer.restore(layer, module, scope).orElseThrow(() -> new UserException("Layer " + component + "."
        + module.path() + " has " + String.join(", ", module.parameters()) + ", but " + restorer.refusal(layer, module)
        + ".")).adapter();
  }

  /**
   * A module that is LoRA and nothing else, in the base weight's layout where that is known.
   *
   * @throws UserException when it does not fit
   */
  public Optional<ScaledPair> pair(String component, AdapterModule module, NDManager scope) {
    return ScaledPair.of(module, scope).map(pair -> {
      Shape wanted = base.shape(component, module.path()).orElse(pair.shape());
      if (!LayerShapes.haveSameNumbers(wanted, pair.shape())) {
        throw new UserException("Layer " + component + "." + module.path() + ": the adapter's update has shape "
            + pair.shape() + ", but the weight in " + base.name() + " has " + wanted
            + ". The adapter was made for another base model: name that one with «base».");
      }
      return new ScaledPair(pair.down(), pair.up(), pair.scale(), wanted);
    });
  }

  private Shape shapeOf(String component, AdapterModule module) {
    return base.shape(component, module.path())
        .or(() -> Optional.ofNullable(module.tensors().get("diff")).map(NDArray::getShape))
        .or(() -> ofFactors(module))
        .orElseThrow(() -> new UserException("The parameters of layer " + component + "." + module.path() + " ("
            + String.join(", ", module.tensors().keySet()) + ") do not tell the layer's shape. Name the base"
            + " model that the adapter was made for with «base»."));
  }

  private static Optional<Shape> ofFactors(AdapterModule module) {
    NDArray down = module.tensors().get(LoraNames.DOWN);
    NDArray up = module.tensors().get(LoraNames.UP);
    if (down == null || up == null || module.tensors().containsKey(LoraNames.MID)
        || down.getShape().dimension() < 2) {
      return Optional.empty();
    }
    long[] sizes = down.getShape().getShape().clone();
    sizes[0] = up.getShape().get(0);
    return Optional.of(new Shape(sizes));
  }
}
