package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.Ops;
import java.util.Locale;

/**
 * A weight kept as an ordinary tensor.
 *
 * @param array the tensor; it may require gradients when the whole model is trained
 */
public record DenseWeight(NDArray array) implements FrozenWeight {
  @Override
  public Shape shape() {
    return array.getShape();
  }

  @Override
  public long bytes() {
    return array.getShape().size() * Ops.typeOf(array).getNumOfBytes();
  }

  @Override
  public NDArray materialise(NDManager scope) {
    return array;
  }

  @Override
  public String storage() {
    return Ops.typeOf(array).name().toLowerCase(Locale.ROOT);
  }
}
