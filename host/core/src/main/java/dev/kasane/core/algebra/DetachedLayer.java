package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.spi.TargetLayer;

/** A layer without a model around it: it has a name and a shape, and a weight only where a base is at hand. */
final class DetachedLayer implements TargetLayer {
  private static final int KERNEL_AXES = 4;

  private final String component;
  private final String path;
  private final Shape shape;
  private final LayerTable base;

  DetachedLayer(String component, String path, Shape shape, LayerTable base) {
    this.component = component;
    this.path = path;
    this.shape = shape;
    this.base = base;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public Kind kind() {
    return switch (shape.dimension()) {
      case KERNEL_AXES -> Kind.CONV2D;
      case 1 -> Kind.NORM;
      default -> Kind.LINEAR;
    };
  }

  @Override
  public boolean hasBias() {
    return base.hasBias(component, path);
  }

  @Override
  public FrozenWeight weight() {
    return new Weight();
  }

  @Override
  public NDArray apply(NDArray x, NDArray other) {
    throw new IllegalStateException("Layer " + path + " is at rest: only its weight can be changed");
  }

  private final class Weight implements FrozenWeight {
    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public long bytes() {
      return 0;
    }

    @Override
    public NDArray materialise(NDManager scope) {
      return base.weight(component, path, scope).orElseThrow(() -> new UserException("The update of layer "
          + component + "." + path + " depends on the weight that it changes, as with DoRA, IA3 and OFT. "
          + base.whyNoWeight()));
    }

    @Override
    public String storage() {
      return "detached";
    }
  }
}
