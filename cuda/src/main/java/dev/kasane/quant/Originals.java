package dev.kasane.quant;

import dev.kasane.core.module.Module;
import java.util.Optional;

/** The dense weights that quantised ones have taken the place of, kept until this is closed. */
public final class Originals implements AutoCloseable {
  /** None are kept. */
  public static final Originals NONE = new Originals(Optional.empty());

  private final Optional<Module> root;

  private Originals(Optional<Module> root) {
    this.root = root;
  }

  static Originals of(Module root) {
    return new Originals(Optional.of(root));
  }

  @Override
  public void close() {
    root.ifPresent(Quantizer::forgetOriginals);
  }
}
