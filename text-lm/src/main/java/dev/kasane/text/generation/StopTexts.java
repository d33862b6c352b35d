package dev.kasane.text.generation;

import java.util.List;
import java.util.Optional;

/**
 * Looks for stop texts in a text that comes in pieces, and holds back what may be the beginning of one.
 */
final class StopTexts {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  /** @param stops texts that end everything; none is empty */
  StopTexts(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Takes a piece and returns what is certain to be before any stop text. */
  String accept(String piece) {
    held.append(piece);
    Optional<Integer> stop = firstStop();
    if (stop.isPresent()) {
      found = true;
      return take(stop.get());
    }
    return take(held.length() - possibleBeginning());
  }

  /** What was held back, when no more pieces come. */
  String rest() {
    return found ? "" : take(held.length());
  }

  /** Whether a stop text has come. */
  boolean isFound() {
    return found;
  }

  private Optional<Integer> firstStop() {
    return stops.stream().map(held::indexOf).filter(at -> at >= 0).min(Integer::compare);
  }

  /** Length of the longest end of the text that a stop text begins with. */
  private int possibleBeginning() {
    return stops.stream().mapToInt(this::possibleBeginning).max().orElse(0);
  }

  private int possibleBeginning(String stop) {
    int length = Math.min(stop.length() - 1, held.length());
    while (length > 0 && !stop.startsWith(held.substring(held.length() - length))) {
      length--;
    }
    return length;
  }

  private String take(int length) {
    String taken = held.substring(0, length);
    held.delete(0, length);
    return taken;
  }
}
