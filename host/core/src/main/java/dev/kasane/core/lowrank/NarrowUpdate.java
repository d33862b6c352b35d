package dev.kasane.core.lowrank;

import dev.kasane.core.spi.LiveUpdate;
import java.util.List;
import java.util.Optional;

/** An update of a linear layer that is, in some phases at least, a sum of products of narrow matrices. */
public interface NarrowUpdate extends LiveUpdate {
  /**
   * What {@link #addTo} adds, where it is nothing but products.
   *
   * @param multiplier the user's strength, 1 for as trained
   * @param phase training adds dropout; inference does not
   * @return the products, none when nothing is added; empty when there is more to the update
   */
  Optional<List<NarrowProduct>> products(double multiplier, Phase phase);

  /** The products of any update; empty for one that is no narrow update. */
  static Optional<List<NarrowProduct>> of(LiveUpdate update, double multiplier, Phase phase) {
    return update instanceof NarrowUpdate narrow ? narrow.products(multiplier, phase) : Optional.empty();
  }
}
