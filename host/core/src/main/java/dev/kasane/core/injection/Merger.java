package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.spi.LayerDelta;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adapters folded into the weights: W + Σ multiplier·ΔW, summed in float32 and cast back to the weight's
 * own type; the same for the bias of layers whose adapters have a part for it.
 *
 * <p>The merged weights are new tensors over the pristine ones, and {@link #unmerge} puts them back
 * bit for bit. Subtracting ΔW again would not: half-precision weights round. A quantised weight merges
 * into a dense one of its compute type.
 */
public final class Merger implements AutoCloseable {
  private final List<AdapterSet> sets;
  private final List<AdaptableLayer> weights = new ArrayList<>();
  private final List<AdaptableLayer> biases = new ArrayList<>();
  private final NDManager scope;

  private Merger(List<AdapterSet> sets, NDManager scope) {
    this.sets = List.copyOf(sets);
    this.scope = scope;
  }

  /**
   * Merges sets at their present strengths and detaches them.
   *
   * @param sets attached sets, several on one layer add up
   * @param parent parent of the manager that owns the merged weights
   * @return what takes the merge back
   */
  public static Merger merge(List<AdapterSet> sets, NDManager parent) {
    Merger merger = new Merger(sets, parent.newSubManager());
    Map<AdaptableLayer, List<AdaptedLayer>> byLayer = new LinkedHashMap<>();
    for (AdapterSet set : sets) {
      set.layers().forEach(each ->
          byLayer.computeIfAbsent(each.layer(), layer -> new ArrayList<>()).add(each));
    }
    try (GradMode off = GradMode.off()) {
      byLayer.forEach(merger::mergeLayer);
    }
    sets.forEach(AdapterSet::detach);
    // There is nothing to sum for these: they keep their places.
    sets.forEach(set -> set.wholes().forEach(WholeWeight::put));
    return merger;
  }

  private void mergeLayer(AdaptableLayer layer, List<AdaptedLayer> adapters) {
    try (NDManager own = scope.newSubManager()) {
      List<NDArray> weightDeltas = new ArrayList<>();
      List<NDArray> biasDeltas = new ArrayList<>();
      for (AdaptedLayer each : adapters) {
        LayerDelta delta = each.adapter();
        double multiplier = each.attachment().multiplier();
        weightDeltas.add(delta.weightDelta(own, multiplier));
        delta.biasDelta(own, multiplier).ifPresent(biasDeltas::add);
      }
      layer.mergeWeight(sum(layer.weight(), weightDeltas, own));
      weights.add(layer);
      if (!biasDeltas.isEmpty()) {
        layer.mergeBias(sum(layer.bias(), biasDeltas, own));
        biases.add(layer);
      }
    }
  }

  private DenseWeight sum(FrozenWeight frozen, List<NDArray> deltas, NDManager own) {
    NDArray base = frozen.materialise(own);
    NDArray sum = OPS.cast(base, DataType.FLOAT32);
    for (NDArray delta : deltas) {
      sum = sum.add(delta);
    }
    NDArray merged = OPS.cast(sum, Ops.typeOf(base));
    merged.attach(scope);
    return new DenseWeight(merged);
  }

  /** Puts the pristine weights back, frees the merged ones and attaches the sets again. */
  public void unmerge() {
    if (!scope.isOpen()) {
      return;
    }
    weights.forEach(layer -> layer.mergeWeight(null));
    biases.forEach(layer -> layer.mergeBias(null));
    scope.close();
    sets.forEach(AdapterSet::attach);
  }

  /** Same as {@link #unmerge}. */
  @Override
  public void close() {
    unmerge();
  }
}
