package dev.kasane.core;

import java.util.Collection;
import java.util.Optional;

/**
 * Finds names near to the first few of many wrong ones. Comparing a name with every layer is slow, and the first keys
 * show what is wrong with a file.
 */
public final class FewNearNames {
  private static final int COMPARED = 16;

  private int compared;

  /**
   * The nearest name.
   *
   * @param wanted what was written
   * @param known what there is
   * @return nothing when enough names were compared already, or there is none to compare with
   */
  public Optional<String> of(String wanted, Collection<String> known) {
    return compared++ < COMPARED ? NearNames.of(wanted, known, 1).stream().findFirst() : Optional.empty();
  }
}
