package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** The values that fresh parameters start from, as LyCORIS chooses them; all require gradients. */
public final class Starts {
  private final NDManager scope;

  public Starts(NDManager scope) {
    this.scope = scope;
  }

  public NDArray zeros(long... shape) {
    return trained(scope.zeros(new Shape(shape), DataType.FLOAT32));
  }

  public NDArray zeros(Shape shape) {
    return zeros(shape.getShape());
  }

  public NDArray ones(long... shape) {
    return trained(scope.ones(new Shape(shape), DataType.FLOAT32));
  }

  NDArray normal(double deviation, long... shape) {
    return trained(scope.randomNormal(0, (float) deviation, new Shape(shape), DataType.FLOAT32));
  }

  /** He et al. 2015 with a = √5, PyTorch's start for a linear layer: uniform within 1/√fan-in. */
  public NDArray kaimingUniform(long... sizes) {
    Shape shape = new Shape(sizes);
    float bound = (float) (1 / Math.sqrt(shape.size() / (double) shape.get(0)));
    return trained(scope.randomUniform(-bound, bound, shape, DataType.FLOAT32));
  }

  static NDArray trained(NDArray parameter) {
    parameter.setRequiresGradient(true);
    return parameter;
  }
}
