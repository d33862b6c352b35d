package dev.kasane.quant;

/** The dense weights that quantised ones have taken the place of, kept until this is closed. */
public final class Originals implements AutoCloseable {
  /** None are kept. */
  public static final Originals NONE = new Originals(() -> {});

  private final Runnable release;

  /**
   * @param release lets go of them
   */
  Originals(Runnable release) {
    this.release = release;
  }

  @Override
  public void close() {
    release.run();
  }
}
