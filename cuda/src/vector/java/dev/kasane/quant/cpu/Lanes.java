package dev.kasane.quant.cpu;

import jdk.incubator.vector.IntVector;

/** What the loops of each width need alike. */
final class Lanes {
  /** Where each of the eight codes in four bytes has its lowest bit: a byte's upper half comes first. */
  private static final int[] SHIFTS = {4, 0, 12, 8, 20, 16, 28, 24};

  private Lanes() {}

  /** The {@link #SHIFTS}, for as many lanes. */
  static int[] shifts(int lanes) {
    int[] shifts = new int[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      shifts[lane] = SHIFTS[lane % SHIFTS.length];
    }
    return shifts;
  }

  /**
   * On narrower machines every operation would be emulated, a hundred times slower than the tables.
   *
   * @throws UnsupportedOperationException naming what was found and what is needed
   */
  static void require(int lanes) {
    int found = IntVector.SPECIES_PREFERRED.length();
    if (found < lanes) {
      throw new UnsupportedOperationException("this machine's registers are of " + found * Integer.SIZE
          + " bits, and " + lanes * Integer.SIZE + " are needed");
    }
  }
}
