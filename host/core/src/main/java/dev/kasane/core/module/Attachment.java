package dev.kasane.core.module;

import dev.kasane.core.spi.LayerAdapter;

/** An adapter on a layer, with a strength and a phase that can be changed while the model is live. */
public final class Attachment {
  private final LayerAdapter adapter;
  private double multiplier;
  private LayerAdapter.Phase phase = LayerAdapter.Phase.INFERENCE;

  /**
   * @param adapter the update
   * @param multiplier the user's strength, 1 for as trained
   */
  public Attachment(LayerAdapter adapter, double multiplier) {
    this.adapter = adapter;
    this.multiplier = multiplier;
  }

  /** The update. */
  public LayerAdapter adapter() {
    return adapter;
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
  public LayerAdapter.Phase phase() {
    return phase;
  }

  /** Switches dropouts on or off. */
  public void phase(LayerAdapter.Phase value) {
    this.phase = value;
  }
}
