package dev.kasane.core.checkpoint;

import dev.kasane.core.UserException;

/** What all sources say alike. */
final class Tensors {
  private Tensors() {}

  static UserException missing(TensorSource source, String name) {
    return new UserException(source.location() + " has no tensor '" + name + "' among its "
        + source.names().size() + ".");
  }
}
