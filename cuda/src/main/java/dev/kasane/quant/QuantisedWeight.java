package dev.kasane.quant;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.tensor.HostMemory;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A weight kept in few bits and decoded for each use into memory of libtorch's own.
 *
 * <p>Its codes lie in a tensor on the CPU, which may be the mapped memory of a file.
 */
public abstract class QuantisedWeight extends DecodedWeight {
  private final NDArray codes;
  private DenseWeight original;

  /**
   * @param shape the dense weight's
   * @param type the dense weight's: float32, float16 or bfloat16
   * @param codes the tensor that holds the codes; kept open for as long as the weight is used
   */
  QuantisedWeight(Shape shape, DataType type, NDArray codes) {
    super(shape, type, Device.cpu());
    this.codes = codes;
  }

  /** Writes the dense weight into memory, in its own type. */
  abstract void decode(ByteBuffer out);

  @Override
  protected final void decode(NDArray dense) {
    decode(HostMemory.of(dense));
  }

  /** Keeps what the weight was quantised from. */
  final void keep(DenseWeight dense) {
    original = dense;
  }

  /** Lets go of what the weight was quantised from, which is the caller's again, if it was kept. */
  final Optional<DenseWeight> forget() {
    Optional<DenseWeight> kept = Optional.ofNullable(original);
    original = null;
    return kept;
  }

  @Override
  public final Optional<NDArray> original(NDManager scope) {
    return Optional.ofNullable(original).map(DenseWeight::array);
  }

  /** The tensor that holds the codes, on the CPU. */
  public final NDArray codes() {
    return codes;
  }

  /**
   * Checks that a dense tensor and its codes fit into buffers.
   *
   * @param name the tensor, for the message
   * @return how many numbers it has
   * @throws UserException when it is too large or has no numbers
   */
  public static int count(String name, Shape shape) {
    long most = Integer.MAX_VALUE / Float.BYTES;
    if (shape.size() > most || shape.size() == 0) {
      throw new UserException("Tensor '" + name + "' of shape " + shape + " has " + shape.size()
          + " numbers; a quantised tensor has at least 1 and at most " + most
          + ", as one buffer holds 2 GiB. Leave it dense with «skip».");
    }
    return (int) shape.size();
  }
}
