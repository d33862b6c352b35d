package dev.kasane.plugin.lycoris.whole;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.RebuiltAdapter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * ΔW is a parameter as it stands, and the bias has a difference of its own where the layer has a bias. A file may have
 * one of the two alone.
 */
final class Difference extends RebuiltAdapter {
  private final Names names;
  /** In the layer's shape, or null. */
  private final NDArray diff;
  /** (out), or null. */
  private final NDArray biasDiff;

  private Difference(TargetLayer layer, Names names, NDArray diff, NDArray biasDiff, DeltaDropouts dropouts) {
    super(layer, dropouts);
    this.names = names;
    this.diff = diff;
    this.biasDiff = biasDiff;
  }

  /**
   * What files call the two tensors.
   *
   * @param weight the weight's difference
   * @param bias the bias's difference
   */
  record Names(String weight, String bias) {
    Set<String> both() {
      return Set.of(weight, bias);
    }
  }

  static Difference fresh(Names names, TargetLayer layer, DeltaDropouts dropouts, FreshTensors fresh) {
    return new Difference(layer, names, fresh.zeros(layer.weight().shape().getShape()),
        layer.hasBias() ? fresh.zeros(layer.outputs()) : null, dropouts);
  }

  static Optional<LayerAdapter> restored(
      Names names, TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedShapes.areOf(saved, names.both(), names.both(), Set.of())) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    boolean biased = tensors.has(names.bias());
    if (biased && !layer.hasBias()) {
      throw new UserException("Layer " + layer.path() + ": the file has " + names.bias()
          + ", but this base's layer has no bias. The adapter was made for another base model.");
    }
    NDArray diff =
        tensors.has(names.weight()) ? tensors.take(names.weight(), layer.weight().shape().getShape()) : null;
    return Optional.of(new Difference(
        layer, names, diff, biased ? tensors.take(names.bias(), layer.outputs()) : null, DeltaDropouts.NONE));
  }

  /** The shape of the layer, where a module has one of the names; of a bias alone, one that has its outputs. */
  static Optional<Shape> shape(Names names, AdapterModule saved) {
    return SavedShapes.areOf(saved, names.both(), names.both(), Set.of())
        ? Optional.of(shape(names, new SavedShapes(saved))) : Optional.empty();
  }

  private static Shape shape(Names names, SavedShapes saved) {
    return saved.has(names.weight()) ? saved.of(names.weight()) : new Shape(saved.size(names.bias(), 0), 1);
  }

  @Override
  protected NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops) {
    return diff == null ? scope.zeros(layer().weight().shape())
        : drops.onRows(scope, LYCORIS.scaled(scope, diff, multiplier));
  }

  @Override
  public Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
    return Optional.ofNullable(biasDiff).map(difference -> LYCORIS.scaled(scope, difference, multiplier));
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    if (diff != null) {
      all.put(names.weight(), diff);
    }
    if (biasDiff != null) {
      all.put(names.bias(), biasDiff);
    }
    return all;
  }
}
