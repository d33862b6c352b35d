package dev.kasane.core.lowrank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.Ops;

/**
 * Makes the parameters of fresh adapters, float32, which require gradients. Random values come from libtorch's default
 * generator on the CPU.
 */
public final class FreshTensors {
  private final NDManager scope;

  /**
   * @param scope owner of the parameters
   */
  public FreshTensors(NDManager scope) {
    this.scope = scope;
  }

  public NDArray zeros(long... shape) {
    return trained(scope.zeros(new Shape(shape), DataType.FLOAT32));
  }

  public NDArray ones(long... shape) {
    return trained(scope.ones(new Shape(shape), DataType.FLOAT32));
  }

  public NDArray normal(double deviation, long... shape) {
    return trained(Ops.fromHost(
        scope, host -> host.randomNormal(0, (float) deviation, new Shape(shape), DataType.FLOAT32)));
  }

  /** He et al. 2015 with a = √5, PyTorch's start for a linear layer: uniform within 1/√fan-in. */
  public NDArray kaimingUniform(long... sizes) {
    Shape shape = new Shape(sizes);
    float bound = (float) (1 / Math.sqrt(shape.size() / (double) shape.get(0)));
    return trained(Ops.fromHost(scope, host -> host.randomUniform(-bound, bound, shape, DataType.FLOAT32)));
  }

  /** Lets a tensor be trained. */
  static NDArray trained(NDArray parameter) {
    parameter.setRequiresGradient(true);
    return parameter;
  }
}
