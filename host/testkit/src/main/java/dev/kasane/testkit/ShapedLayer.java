package dev.kasane.testkit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.spi.TargetLayer;

/**
 * A layer like another one of which only the shape is known.
 *
 * @param like the layer
 * @param shape its weight's shape here
 */
record ShapedLayer(TargetLayer like, Shape shape) implements TargetLayer {
  @Override
  public String path() {
    return like.path();
  }

  @Override
  public Kind kind() {
    return like.kind() == Kind.EMBEDDING || like.kind() == Kind.NORM ? like.kind()
        : shape.dimension() == 4 ? Kind.CONV2D : Kind.LINEAR;
  }

  @Override
  public boolean hasBias() {
    return like.hasBias();
  }

  @Override
  public FrozenWeight weight() {
    return new DeclaredWeight(shape);
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    throw new UnsupportedOperationException("A layer of which only the shape is known computes nothing");
  }

  @Override
  public NDArray applyUp(NDArray hidden, NDArray up) {
    return apply(hidden, up);
  }
}
