package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Optional;

/** An adapter's update of some rows of a batch only. */
final class RowUpdate implements NarrowUpdate {
  private final LayerAdapter adapter;
  private final RowSelection rows;

  RowUpdate(LayerAdapter adapter, RowSelection rows) {
    this.adapter = adapter;
    this.rows = rows;
  }

  @Override
  public NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    if (rows.isEmpty()) {
      return y;
    }
    rows.requireBatch(x.getShape().get(0));
    if (rows.isAll()) {
      return adapter.addTo(y, x, multiplier, phase);
    }
    try (NDArray own = OPS.rows(x, rows.numbers());
        NDArray update = adapter.forward(own, multiplier, phase)) {
      return OPS.addRows(y, rows.numbers(), update);
    }
  }

  /** {@inheritDoc} Only for a single row, so that a batch of another size than was routed is still refused. */
  @Override
  public Optional<List<NarrowProduct>> products(double multiplier, Phase phase) {
    if (!rows.isOfOne()) {
      return Optional.empty();
    }
    return rows.isEmpty() ? Optional.of(List.of()) : NarrowUpdate.of(adapter, multiplier, phase);
  }
}
