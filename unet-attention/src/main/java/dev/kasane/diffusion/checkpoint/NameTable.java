package dev.kasane.diffusion.checkpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A one-to-one table of module paths in two naming schemes. Whatever follows a module's path, its
 * parameters or modules inside that are named alike, is carried over.
 */
public final class NameTable {
  private final Map<String, String> toDiffusers = new HashMap<>();
  private final Map<String, String> toOriginal = new HashMap<>();

  /**
   * Adds a pair.
   *
   * @throws IllegalStateException when either side is there already
   */
  NameTable pair(String original, String diffusers) {
    String other = toDiffusers.put(original, diffusers);
    String another = toOriginal.put(diffusers, original);
    if (other != null || another != null) {
      throw new IllegalStateException(original + " and " + diffusers + " are not one to one");
    }
    return this;
  }

  /** The diffusers name of a tensor or module with this original name, if it has one. */
  public Optional<String> diffusers(String original) {
    return translate(toDiffusers, original);
  }

  /** The original name of a tensor or module with this diffusers name, if it has one. */
  public Optional<String> original(String diffusers) {
    return translate(toOriginal, diffusers);
  }

  private static Optional<String> translate(Map<String, String> table, String name) {
    String head = name;
    while (!table.containsKey(head)) {
      int dot = head.lastIndexOf('.');
      if (dot < 0) {
        return Optional.empty();
      }
      head = head.substring(0, dot);
    }
    return Optional.of(table.get(head) + name.substring(head.length()));
  }
}
