package dev.kasane.core.family;

import ai.djl.ndarray.types.DataType;
import java.util.Set;

/**
 * What backward keeps of one example's forward pass, in bytes at its peak.
 *
 * @param whole of a run in one piece
 * @param segmented of a run in segments (gradient checkpointing)
 */
public record Activations(long whole, long segmented) {
  /** How a kind of model reckons them. */
  @FunctionalInterface
  public interface Rule {
    /**
     * Reckons.
     *
     * @param adapted paths of the layers with an adapter
     * @param type type of the computation
     */
    Activations of(Set<String> adapted, DataType type);
  }
}
