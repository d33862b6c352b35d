package dev.kasane.plugin.lycoris.whole;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.RebuiltAdapter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * ΔW is a parameter as it stands, and the bias has a difference of its own where the layer has a bias. A file may have
 * one of the two alone.
 */
final class Difference extends RebuiltAdapter {
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final NDArray diff;
  private final NDArray biasDiff;

  /**
   * @param layer the layer
   * @param weight what files call the weight's difference
   * @param diff in the layer's shape, or null
   * @param bias what files call the bias's difference
   * @param biasDiff (out), or null
   * @param dropouts what is left out in training
   */
  Difference(TargetLayer layer, String weight, NDArray diff, String bias, NDArray biasDiff, DeltaDropouts dropouts) {
    super(layer, dropouts);
    this.diff = diff;
    this.biasDiff = biasDiff;
    if (diff != null) {
      tensors.put(weight, diff);
    }
    if (biasDiff != null) {
      tensors.put(bias, biasDiff);
    }
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
    return tensors;
  }
}
