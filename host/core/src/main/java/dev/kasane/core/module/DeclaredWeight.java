package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.FrozenWeight;

/** A weight of which only the shape is known: enough to match an adapter file with a base, not to compute. */
public record DeclaredWeight(Shape shape) implements FrozenWeight {
  /** Declares every weight below a module that has no values yet. */
  public static void declare(Module module) {
    module.namedWeights().values().stream().filter(weight -> !weight.isSet())
        .forEach(weight -> weight.set(new DeclaredWeight(weight.shape())));
  }

  @Override
  public long bytes() {
    return 0;
  }

  /** Thrown when something asks for values that a declared weight does not have. */
  public static final class NoValues extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NoValues(String message) {
      super(message);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws NoValues always
   */
  @Override
  public NDArray materialise(NDManager scope) {
    throw new NoValues("A weight of shape " + shape + " was declared only; it has no values");
  }

  @Override
  public String storage() {
    return "declared";
  }
}
