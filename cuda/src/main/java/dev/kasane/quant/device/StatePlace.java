package dev.kasane.quant.device;

import dev.kasane.quant.optimizer.AdamMove;
import java.util.List;

/** Where the states of parameters on a device lie, and how its kernels get at them. */
@FunctionalInterface
interface StatePlace {
  /** Takes a part of a step that can be launched now. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Launches.
     *
     * @param page which part, from 0
     * @param pieces what is on the device now
     */
    void launch(int page, List<StatePiece> pieces);
  }

  /**
   * Shows all states, part by part.
   *
   * @param moves parameters whose moments have one width
   * @param eightBit that width
   */
  void visit(List<AdamMove> moves, boolean eightBit, Visitor visitor);

  /** States that lie on the device: one part. */
  static StatePlace onDevice() {
    return (moves, eightBit, visitor) -> visitor.launch(0, moves.stream().map(StatePiece::of).toList());
  }
}
