package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.PlainLinear;
import dev.kasane.core.spi.LowRank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A decoder layer as it stands now in tensors alone, as {@code token_layer} of text.ts.py takes them.
 *
 * <p>Projections are counted query (or the joined one), key, value, output, gate, up, down; norms in the order of
 * {@link DecoderLayer}.
 */
final class PlainLayer {
  private static final int PROJECTIONS = 7;
  private static final int NORMS = 4;
  private static final int NONE = -1;

  private final List<NDArray> tensors = new ArrayList<>();
  private final long[] places = new long[2 * (PROJECTIONS + NORMS)];
  private final List<NDArray> updates = new ArrayList<>();
  private final long[] starts = new long[PROJECTIONS + 1];
  private final List<Double> factors = new ArrayList<>();

  private PlainLayer() {
    Arrays.fill(places, NONE);
  }

  /**
   * @param projections the linear layers, null where the family has none
   * @param norms the normalisations, null where the family has none
   * @return empty when {@link Linear#plain} or {@link Norm#plain} of one of them is, or a tensor is not float32
   */
  static Optional<PlainLayer> of(List<Linear> projections, List<Norm> norms) {
    PlainLayer layer = new PlainLayer();
    return layer.takeProjections(projections) && layer.takeNorms(norms) && layer.isFloat32()
        ? Optional.of(layer) : Optional.empty();
  }

  /** Products of vectors do not convert, as the operators of three axes do. */
  private boolean isFloat32() {
    return Stream.concat(tensors.stream(), updates.stream())
        .allMatch(each -> each.getDataType() == DataType.FLOAT32);
  }

  private boolean takeProjections(List<Linear> projections) {
    for (int i = 0; i < PROJECTIONS; i++) {
      if (projections.get(i) != null) {
        Optional<PlainLinear> plain = projections.get(i).plain();
        if (plain.isEmpty()) {
          return false;
        }
        place(2 * i, plain.get().weight());
        place(2 * i + 1, plain.get().bias());
        plain.get().updates().forEach(this::add);
      }
      starts[i + 1] = factors.size();
    }
    return true;
  }

  private void add(LowRank update) {
    updates.add(update.down());
    updates.add(update.up());
    factors.add(update.factor());
  }

  private boolean takeNorms(List<Norm> norms) {
    for (int i = 0; i < NORMS; i++) {
      if (norms.get(i) != null) {
        Optional<List<NDArray>> plain = norms.get(i).plain();
        if (plain.isEmpty()) {
          return false;
        }
        int at = 2 * (PROJECTIONS + i);
        place(at, plain.get().get(0));
        place(at + 1, plain.get().size() > 1 ? plain.get().get(1) : null);
      }
    }
    return true;
  }

  private void place(int slot, NDArray tensor) {
    if (tensor != null) {
      places[slot] = tensors.size();
      tensors.add(tensor);
    }
  }

  /** Weights, biases, scales and shifts. */
  List<NDArray> tensors() {
    return tensors;
  }

  /** Which of {@link #tensors} each projection's weight and bias, then each norm's scale and shift is; −1 for none. */
  long[] places() {
    return places;
  }

  /** Down and up of every update in turn. */
  List<NDArray> updates() {
    return updates;
  }

  /** The first update of each projection, and behind the last one. */
  long[] starts() {
    return starts;
  }

  /** The factor of every update. */
  double[] factors() {
    return factors.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
