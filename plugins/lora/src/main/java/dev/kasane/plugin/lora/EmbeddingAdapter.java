package dev.kasane.plugin.lora;

import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * LoRA of an embedding as PEFT has it, under PEFT's names: ΔW = alpha/rank · (B·A)ᵀ with A (rank, entries) and
 * B (width, rank). Nothing is dropped in training, as there.
 */
final class EmbeddingAdapter implements LayerAdapter {
  static final String A = "lora_embedding_A";
  static final String B = "lora_embedding_B";

  private final TargetLayer layer;
  private final NDArray a;
  private final NDArray b;
  private final double alpha;

  /**
   * @param layer the table
   * @param a (rank, entries), float32
   * @param b (width, rank), float32
   * @param alpha numerator of the scale
   */
  EmbeddingAdapter(TargetLayer layer, NDArray a, NDArray b, double alpha) {
    this.layer = layer;
    this.a = a;
    this.b = b;
    this.alpha = alpha;
  }

  /** A fresh one, as PEFT starts it: A zero, B standard normal. */
  static EmbeddingAdapter fresh(TargetLayer layer, int rank, double alpha, NDManager scope) {
    return new EmbeddingAdapter(layer,
        scope.zeros(new Shape(rank, layer.weight().shape().get(0)), DataType.FLOAT32),
        scope.randomNormal(0, 1, new Shape(layer.weight().shape().get(1), rank), DataType.FLOAT32), alpha);
  }

  @Override
  public TargetLayer layer() {
    return layer;
  }

  private double scale() {
    return alpha / a.getShape().get(0);
  }

  @Override
  public NDArray forward(NDArray ids, double multiplier, Phase phase) {
    return LORA.lookUp(ids, a, b, scale() * multiplier);
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return LORA.tableDelta(scope, a, b, scale() * multiplier);
  }

  /** The norm of a matrix is that of the transposed one. */
  @Override
  public double deltaNorm(NDManager scope) {
    return Math.abs(scale()) * LORA.productNorm(a, b);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put(A, a);
    tensors.put(B, b);
    return tensors;
  }

  @Override
  public Map<String, Double> constants() {
    return Map.of(LoraMethod.ALPHA, alpha);
  }

  @Override
  public Map<String, Double> facts() {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("rank", (double) a.getShape().get(0));
    facts.put(LoraMethod.ALPHA, alpha);
    facts.put("scale", scale());
    return facts;
  }
}
