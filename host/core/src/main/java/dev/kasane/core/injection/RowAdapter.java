package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another adapter that works on some rows of a batch only. */
final class RowAdapter implements NarrowUpdate {
  private final LayerAdapter adapter;
  private final RowSelection rows;

  RowAdapter(LayerAdapter adapter, RowSelection rows) {
    this.adapter = adapter;
    this.rows = rows;
  }

  @Override
  public TargetLayer layer() {
    return adapter.layer();
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

  /** Never asked: a layer calls {@link #addTo} alone, and only that knows which rows are whose. */
  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    throw new UnsupportedOperationException("An adapter of some rows can only add to a layer's output");
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return adapter.weightDelta(scope, multiplier);
  }

  @Override
  public Map<String, NDArray> tensors() {
    return adapter.tensors();
  }

  @Override
  public Map<String, Double> constants() {
    return adapter.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return adapter.facts();
  }
}
