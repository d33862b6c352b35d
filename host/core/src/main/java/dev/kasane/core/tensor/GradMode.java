package dev.kasane.core.tensor;

import ai.djl.pytorch.jni.TorchBridge;

/** Switches the recording of gradients on this thread until closed. */
public final class GradMode implements AutoCloseable {
  private final boolean before;

  private GradMode(boolean on) {
    this.before = TorchBridge.gradMode();
    TorchBridge.gradMode(on);
  }

  /** Records gradients from here on. */
  public static GradMode on() {
    return new GradMode(true);
  }

  /** Records nothing from here on: for drawing, caching and evaluation. */
  public static GradMode off() {
    return new GradMode(false);
  }

  @Override
  public void close() {
    TorchBridge.gradMode(before);
  }
}
