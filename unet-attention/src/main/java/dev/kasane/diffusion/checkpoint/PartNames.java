package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Knows where the tensors of one part of a base model belong. */
@FunctionalInterface
interface PartNames {
  /**
   * A tensor's place in the model.
   *
   * @param name its name there
   * @param transform how its form changes
   */
  record Placed(String name, TensorTransform transform) {
    static Placed as(String name) {
      return new Placed(name, new TensorTransform.Identity());
    }
  }

  /**
   * Where a stored tensor belongs.
   *
   * @param stored its name without the part's prefix
   * @return its place or places, an empty list when the model has no use for it, nothing when the name is
   *     unknown
   */
  Optional<List<Placed>> place(String stored);

  /**
   * The part's tensors under the model's names. Tensors with unknown names keep them, so that the loader
   * reports them.
   *
   * @throws UserException when two tensors belong to one place
   */
  default TensorSource view(Section section) {
    Map<String, RenamedSource.Stored> mapping = new LinkedHashMap<>();
    for (String stored : section.source().names()) {
      if (stored.startsWith(section.prefix())) {
        String relative = stored.substring(section.prefix().length());
        for (Placed each : place(relative).orElseGet(() -> List.of(Placed.as(stored)))) {
          put(mapping, each, stored, section.source());
        }
      }
    }
    return new RenamedSource(section.source(), mapping);
  }

  private static void put(Map<String, RenamedSource.Stored> mapping, Placed place, String stored,
      TensorSource source) {
    RenamedSource.Stored other =
        mapping.put(place.name(), new RenamedSource.Stored(stored, place.transform()));
    if (other != null) {
      throw new UserException(source.origin(stored) + " has both '" + other.name() + "' and '" + stored
          + "', which are names of the same weight. Which one counts cannot be told; the file mixes layouts.");
    }
  }
}
