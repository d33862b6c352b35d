package dev.kasane.quant;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.GradMode;
import java.util.function.Function;

/** A weight that a device's memory holds dense only while it is used: decoded from few bits, or copied there. */
public abstract class DecodedWeight implements FrozenWeight {
  private final Shape shape;
  private final DataType type;
  private final Device device;

  /**
   * @param shape the dense weight's
   * @param type the dense weight's: float32, float16 or bfloat16
   * @param device where it is used
   */
  protected DecodedWeight(Shape shape, DataType type, Device device) {
    this.shape = shape;
    this.type = type;
    this.device = device;
  }

  /** Overwrites a tensor of the weight's shape and type, on its device, with the dense weight. */
  protected abstract void decode(NDArray dense);

  @Override
  public final Shape shape() {
    return shape;
  }

  /** The type that the dense weight has. */
  public final DataType type() {
    return type;
  }

  @Override
  public final NDArray materialise(NDManager scope) {
    if (!scope.getDevice().equals(device)) {
      try (NDManager here = scope.newSubManager(device)) {
        NDArray there = materialise(here).toDevice(scope.getDevice(), false);
        there.attach(scope);
        return there;
      }
    }
    return make(scope);
  }

  /** The dense weight as a tensor of its own, in a manager on the weight's device. */
  protected NDArray make(NDManager scope) {
    NDArray dense = empty(scope, shape, type);
    decode(dense);
    return dense;
  }

  /**
   * A tensor of any content on a manager's device.
   *
   * @param type float32, float16, bfloat16 or one that DJL creates
   */
  public static NDArray empty(NDManager scope, Shape shape, DataType type) {
    boolean bfloat16 = type == DataType.BFLOAT16;
    // DJL cannot create bfloat16: the other type of two bytes carries it.
    NDArray made = scope.create(shape, bfloat16 ? DataType.FLOAT16 : type);
    if (!bfloat16) {
      return made;
    }
    try (NDArray carrier = made; GradMode off = GradMode.off()) {
      return OPS.reinterpret(carrier, type);
    }
  }

  @Override
  public final NDArray apply(NDManager scope, Function<NDArray, NDArray> operation) {
    try (NDArray dense = materialise(scope)) {
      return operation.apply(dense);
    }
  }
}
