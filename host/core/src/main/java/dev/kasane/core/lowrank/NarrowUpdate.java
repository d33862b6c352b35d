package dev.kasane.core.lowrank;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.LayerAdapter;
import java.util.List;
import java.util.Optional;

/** An adapter whose update of a linear layer is, in some phases at least, a sum of products of narrow matrices. */
public interface NarrowUpdate extends LayerAdapter {
  /**
   * What {@link #addTo} adds, where it is nothing but products.
   *
   * @param multiplier the user's strength, 1 for as trained
   * @param phase training adds dropout; inference does not
   * @return the products, none when nothing is added; empty when there is more to the update
   */
  Optional<List<NarrowProduct>> products(double multiplier, Phase phase);

  /** The products of any adapter; empty for one that is no narrow update. */
  static Optional<List<NarrowProduct>> of(LayerAdapter adapter, double multiplier, Phase phase) {
    return adapter instanceof NarrowUpdate narrow ? narrow.products(multiplier, phase) : Optional.empty();
  }

  /** {@inheritDoc} Products are added one by one, without a tensor of the output's size. */
  @Override
  default NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    Optional<List<NarrowProduct>> products = products(multiplier, phase);
    if (products.isEmpty()) {
      return LayerAdapter.super.addTo(y, x, multiplier, phase);
    }
    products.get().forEach(each -> OPS.addLowRank(y, x, each.down(), each.up(), each.factor()));
    return y;
  }
}
