package dev.kasane.app.params;

import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.TargetLayer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A model that is not loaded.
 *
 * @param family what it is, for people
 * @param root its modules; their weights become zeros
 * @param filePrefix what adapter files put before a layer's path
 * @param positions at how many positions a layer of a path works for one example
 * @param block which block, run again as one in training by segments, a path belongs to
 * @param scores elements of the output for one example
 */
record PlannedModel(
    String family,
    Module root,
    String filePrefix,
    ToLongFunction<String> positions,
    Function<String, String> block,
    long scores) {

  PlannedModel {
    root.namedWeights().values().forEach(weight -> weight.set(new ZeroWeight(weight.shape())));
  }

  /** How many numbers the model's weights are. */
  long parameters() {
    return root.namedWeights().values().stream().mapToLong(weight -> weight.shape().size()).sum();
  }

  /** Elements that a layer reads and writes for one example. */
  long traffic(AdaptableLayer layer) {
    long read = layer.kind() == TargetLayer.Kind.EMBEDDING ? 0 : layer.inputs();
    return positions.applyAsLong(layer.path()) * (read + layer.outputs());
  }
}
