package dev.kasane.app.params;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;
import java.util.Optional;

/** A weight of zeros that takes no memory until somebody looks at it. */
record ZeroWeight(Shape shape) implements FrozenWeight {
  @Override
  public long bytes() {
    return 0;
  }

  /** Zeros: a method that looks at values, to start from them, gets some. */
  @Override
  public NDArray materialise(NDManager scope) {
    return scope.zeros(shape, DataType.FLOAT32);
  }

  /** {@inheritDoc} So a method that looks for what quantising took finds nothing, of the right shape. */
  @Override
  public Optional<NDArray> original(NDManager scope) {
    return Optional.of(materialise(scope));
  }

  @Override
  public String storage() {
    return "zeros";
  }
}
