package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.ElementType;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a model in memory, seen as a checkpoint, so that they can be saved or copied like one.
 * Quantised weights come out dense. What {@link #read} returns may be the live weight itself.
 */
public final class ModuleSource implements TensorSource {
  private final Map<String, Weight> weights;
  private final String what;

  /**
   * @param root a model whose weights are all set
   * @param what a name for it in messages
   */
  public ModuleSource(Module root, String what) {
    this.weights = root.namedWeights();
    this.what = what;
  }

  @Override
  public Set<String> names() {
    return weights.keySet();
  }

  @Override
  public Shape shape(String name) {
    return weight(name).shape();
  }

  @Override
  public DType dtype(String name) {
    FrozenWeight weight = weight(name).get();
    // A quantised weight has no element type of its own; dense it is computed in float32.
    return weight instanceof DenseWeight dense ? stored(dense.array()) : DType.F32;
  }

  private static DType stored(NDArray dense) {
    DType type = ElementType.of(dense).stored();
    return type.isFloatingPoint() ? type : DType.F32;
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    NDArray dense = weight(name).dense(owner);
    return stored(dense) == dtype(name) ? dense : OPS.cast(dense, DataType.FLOAT32);
  }

  @Override
  public String origin(String name) {
    weight(name);
    return what;
  }

  @Override
  public String location() {
    return what;
  }

  private Weight weight(String name) {
    return find(weights, name);
  }

  /** Does nothing: the model keeps its weights. */
  @Override
  public void close() {}
}
