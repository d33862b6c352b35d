package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.LowRankOps;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * LoRA of an embedding as PEFT has it, under PEFT's names: ΔW = alpha/rank · (B·A)ᵀ with A (rank, entries) and
 * B (width, rank). Nothing is dropped in training, as there.
 */
final class EmbeddingAdapter implements LayerAdapter {
  private final TargetLayer layer;
  private final NDArray a;
  private final NDArray b;
  private final RankScale scale;

  /**
   * @param layer the table
   * @param a (rank, entries), float32
   * @param b (width, rank), float32
   * @param scale rank and alpha
   */
  private EmbeddingAdapter(TargetLayer layer, NDArray a, NDArray b, RankScale scale) {
    this.layer = layer;
    this.a = a;
    this.b = b;
    this.scale = scale;
  }

  /** A fresh one, as PEFT starts it: A zero, B standard normal. */
  static EmbeddingAdapter fresh(TargetLayer layer, RankScale scale, FreshTensors fresh) {
    return new EmbeddingAdapter(layer, fresh.zeros(scale.rank(), layer.inputs()),
        fresh.normal(1, layer.outputs(), scale.rank()), scale);
  }

  /** The pair of an embedding under its own names, which say what it is where the layer is known by its shape alone. */
  static EmbeddingAdapter restored(AdapterModule saved, SavedTensors tensors) {
    TargetLayer layer = tensors.layer();
    Shape table = layer.weight().shape();
    long rank = tensors.size(LoraNames.TABLE_A, 0);
    return new EmbeddingAdapter(layer, tensors.take(LoraNames.TABLE_A, rank, table.get(0)),
        tensors.take(LoraNames.TABLE_B, table.get(1), rank), RankScale.ofSaved(saved, rank));
  }

  /** The pair of an embedding as ComfyUI has it, like that of any matrix: (rank, width) and (entries, rank). */
  static EmbeddingAdapter ofMatrix(AdapterModule saved, SavedTensors tensors) {
    TargetLayer layer = tensors.layer();
    long rank = tensors.size(LoraNames.DOWN, 0);
    return new EmbeddingAdapter(layer, tensors.takeTurned(LoraNames.UP, layer.inputs(), rank),
        tensors.takeTurned(LoraNames.DOWN, rank, layer.outputs()), RankScale.ofSaved(saved, rank));
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  @Override
  public NDArray forward(NDArray ids, double multiplier, Phase phase) {
    return LORA.lookUp(ids, a, b, scale.factor() * multiplier);
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return LORA.tableDelta(scope, a, b, scale.factor() * multiplier);
  }

  /** The norm of a matrix is that of the transposed one. */
  @Override
  public double deltaNorm(NDManager scope) {
    return Math.abs(scale.factor()) * LowRankOps.LOW_RANK.productNorm(a, b);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put(LoraNames.TABLE_A, a);
    tensors.put(LoraNames.TABLE_B, b);
    return tensors;
  }

  @Override
  public Map<String, Double> constants() {
    return scale.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return scale.facts();
  }
}
