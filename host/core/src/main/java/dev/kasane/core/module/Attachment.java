package dev.kasane.core.module;

import dev.kasane.core.spi.LiveUpdate;

/** An update of a layer, with a strength and a phase that can be changed while the model is live. */
public final class Attachment {
  private final LiveUpdate update;
  private double multiplier;
  private LiveUpdate.Phase phase = LiveUpdate.Phase.INFERENCE;

  /**
   * @param update what is added to the layer's output
   * @param multiplier the user's strength, 1 for as trained
   */
  public Attachment(LiveUpdate update, double multiplier) {
    this.update = update;
    this.multiplier = multiplier;
  }

  public LiveUpdate update() {
    return update;
  }

  /** The user's strength. */
  public double multiplier() {
    return multiplier;
  }

  /** Changes the strength. */
  public void multiplier(double value) {
    this.multiplier = value;
  }

  /** Whether dropouts are active. */
  public LiveUpdate.Phase phase() {
    return phase;
  }

  /** Switches dropouts on or off. */
  public void phase(LiveUpdate.Phase value) {
    this.phase = value;
  }
}
