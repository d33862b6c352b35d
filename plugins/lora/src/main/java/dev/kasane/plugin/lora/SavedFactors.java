package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.Magnitudes;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;

/**
 * Fits a file's factors to a layer. Shapes that differ only by axes of length 1 at the end are the same
 * update: files store linear layers as 1×1 convolutions and the other way round.
 */
final class SavedFactors {
  private final TargetLayer layer;
  private final AdapterModule saved;
  private final NDManager scope;

  SavedFactors(TargetLayer layer, AdapterModule saved, NDManager scope) {
    this.layer = layer;
    this.saved = saved;
    this.scope = scope;
  }

  LoraFactors fit() {
    requirePair();
    long rank = saved.tensors().get(LoraFactors.DOWN).getShape().get(0);
    long kernel = layer.kernel();
    boolean tucker = saved.tensors().containsKey(LoraFactors.MID);
    if (tucker && layer.kind() == TargetLayer.Kind.LINEAR) {
      throw new UserException("Layer " + layer.path() + " is linear, but the file has " + LoraFactors.MID
          + ", which only convolutions have. The adapter was made for another base model.");
    }
    long downKernel = tucker ? 1 : kernel;
    NDArray down = fit(LoraFactors.DOWN, rank, layer.inputs(), downKernel, downKernel);
    NDArray mid = tucker ? fit(LoraFactors.MID, rank, rank, kernel, kernel) : null;
    NDArray up = fit(LoraFactors.UP, layer.outputs(), rank, 1, 1);
    return new LoraFactors(down, mid, up);
  }

  /** DoRA's magnitudes, one an output or one an input. */
  NDArray magnitude() {
    NDArray stored = saved.tensors().get(DoraAdapter.MAGNITUDE);
    boolean perOutput = Magnitudes.arePerOutput(layer, DoraAdapter.MAGNITUDE, stored.getShape());
    return copy(stored, shape(perOutput ? stored.size() : 1, perOutput ? 1 : stored.size(), 1, 1));
  }

  /** The bias of the second factor. */
  NDArray upBias() {
    return fitShape(UpBiasAdapter.UP_BIAS, new Shape(layer.outputs()));
  }

  /** The pair of an embedding. */
  EmbeddingAdapter embedding() {
    Shape table = layer.weight().shape();
    Shape stored = saved.tensors().get(EmbeddingAdapter.A).getShape();
    long rank = stored.dimension() == 0 ? 0 : stored.get(0);
    return new EmbeddingAdapter(layer, fitShape(EmbeddingAdapter.A, new Shape(rank, table.get(0))),
        fitShape(EmbeddingAdapter.B, new Shape(table.get(1), rank)), saved.alpha(rank));
  }

  /** The pair of an embedding as ComfyUI has it, like that of any matrix: (rank, width) and (entries, rank). */
  EmbeddingAdapter table() {
    requirePair();
    Shape table = layer.weight().shape();
    long rank = saved.tensors().get(LoraFactors.DOWN).getShape().get(0);
    return new EmbeddingAdapter(layer, transposed(LoraFactors.UP, new Shape(table.get(0), rank)),
        transposed(LoraFactors.DOWN, new Shape(rank, table.get(1))), saved.alpha(rank));
  }

  private NDArray transposed(String name, Shape shape) {
    try (NDArray factor = fitShape(name, shape); NDArray view = factor.transpose()) {
      NDArray owned = view.flatten().reshape(shape.get(1), shape.get(0));
      owned.attach(scope);
      return owned;
    }
  }

  private void requirePair() {
    for (String name : new String[] {LoraFactors.DOWN, LoraFactors.UP}) {
      NDArray tensor = saved.tensors().get(name);
      if (tensor == null || tensor.getShape().dimension() == 0) {
        throw new UserException("Layer " + layer.path() + ": the file has "
            + (tensor == null ? "no " + name : "a single number as " + name)
            + "; lora_down and lora_up belong together. The file is damaged or was cut apart.");
      }
    }
  }

  private NDArray fit(String name, long... wanted) {
    return fitShape(name, shape(wanted));
  }

  /** A linear layer's tensors have two axes. */
  private Shape shape(long... convolution) {
    return layer.kind() == TargetLayer.Kind.LINEAR ? new Shape(convolution[0], convolution[1])
        : new Shape(convolution);
  }

  private NDArray fitShape(String name, Shape shape) {
    NDArray stored = saved.tensors().get(name);
    if (!withoutTrailingOnes(stored.getShape()).equals(withoutTrailingOnes(shape))) {
      throw new UserException("Layer " + layer.path() + ": " + name + " has shape " + stored.getShape()
          + ", but this base needs " + shape + ". The adapter was made for another base model.");
    }
    return copy(stored, shape);
  }

  private NDArray copy(NDArray stored, Shape shape) {
    try (GradMode off = GradMode.off()) {
      NDArray values = Ops.cast(stored, DataType.FLOAT32).reshape(shape);
      // Casting to the same type and reshaping copy nothing, and a parameter must not share memory.
      NDArray owned = values.duplicate();
      owned.attach(scope);
      return owned;
    }
  }

  private static Shape withoutTrailingOnes(Shape shape) {
    int length = shape.dimension();
    while (length > 0 && shape.get(length - 1) == 1) {
      length--;
    }
    return shape.slice(0, length);
  }
}
