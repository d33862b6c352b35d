package dev.kasane.plugin.lycoris.whole;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.LycorisMethod;
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.Set;

/** A method that keeps the difference of a weight and of a bias; a file may have one of the two alone. */
abstract class DifferenceMethod extends LycorisMethod {
  private final String weight;
  private final String bias;

  /**
   * @param weight what files call the weight's difference
   * @param bias what files call the bias's difference
   */
  DifferenceMethod(String id, String description, String weight, String bias) {
    super(id, description, SharedOptions.DROPOUTS, new Names(Set.of(weight, bias), Set.of(), Set.of()));
    this.weight = weight;
    this.bias = bias;
  }

  @Override
  public final PreparedMethod prepare(AdapterOptions options) {
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) -> {
      FreshTensors fresh = new FreshTensors(scope);
      return difference(layer, fresh.zeros(layer.weight().shape().getShape()),
          layer.hasBias() ? fresh.zeros(layer.outputs()) : null, dropouts);
    };
  }

  private Difference difference(TargetLayer layer, NDArray ofWeight, NDArray ofBias, DeltaDropouts dropouts) {
    return new Difference(layer, weight, ofWeight, bias, ofBias, dropouts);
  }

  /** {@inheritDoc} Of a bias alone, one that has its outputs. */
  @Override
  protected final Shape shape(AdapterModule saved, SavedShapes shapes) {
    return shapes.has(weight) ? shapes.of(weight) : new Shape(shapes.size(bias, 0), 1);
  }

  @Override
  protected final LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    TargetLayer layer = tensors.layer();
    boolean biased = tensors.has(bias);
    if (biased && !layer.hasBias()) {
      throw new UserException("Layer " + layer.path() + ": the file has " + bias
          + ", but this base's layer has no bias. The adapter was made for another base model.");
    }
    NDArray ofWeight = tensors.has(weight) ? tensors.take(weight, layer.weight().shape().getShape()) : null;
    return difference(layer, ofWeight, biased ? tensors.take(bias, layer.outputs()) : null, DeltaDropouts.NONE);
  }
}
