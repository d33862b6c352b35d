package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Gives adapter files other keys: finds those that were meant, and copies every tensor bit for bit. */
public final class KeyRepair {
  private KeyRepair() {}

  /**
   * New keys for all that need one.
   *
   * @param keys all keys of a file
   * @param meant makes of a key the one that was meant, itself for a sound one; nothing where that cannot be told
   * @return old key → new key; nothing when one of them cannot be told, two would fall together, or all are sound
   */
  public static Optional<Map<String, String>> renames(
      Collection<String> keys, Function<String, Optional<String>> meant) {
    Map<String, String> renames = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (String key : keys) {
      Optional<String> renamed = meant.apply(key).filter(taken::add);
      if (renamed.isEmpty()) {
        return Optional.empty();
      }
      renamed.filter(name -> !name.equals(key)).ifPresent(name -> renames.put(key, name));
    }
    return renames.isEmpty() ? Optional.empty() : Optional.of(renames);
  }

  /**
   * Copies a file, whatever kind it is and in however many parts, to a safetensors file.
   *
   * @param file the file, or the index of its parts; it is left as it is
   * @param renames old key → new key; other keys are kept, keys that are not in the file do nothing
   * @param copy the new file; one that exists is replaced when everything has been written
   * @throws UserException when two tensors would have the same key
   * @throws FileFault when a file cannot be read or written
   */
  public static void copy(Path file, Map<String, String> renames, Path copy) {
    try (AdapterFile opened = AdapterFile.open(file); NDManager scope = Engines.newManager()) {
      List<TensorDeclaration> tensors = new ArrayList<>();
      Map<String, String> origins = new HashMap<>();
      for (String name : opened.keys()) {
        String key = renames.getOrDefault(name, name);
        String other = origins.put(key, name);
        if (other != null) {
          throw new UserException(file + ": the keys '" + other + "' and '" + name + "' would both become '" + key
              + "'. Remove one of them.");
        }
        tensors.add(StoredTensors.declare(key, opened.read(name, scope)));
      }
      SafetensorsWriter.write(copy, tensors, opened.metadata());
    }
  }
}
