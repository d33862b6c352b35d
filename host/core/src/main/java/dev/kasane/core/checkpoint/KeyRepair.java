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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies an adapter file with other keys, every tensor bit for bit. */
public final class KeyRepair {
  private KeyRepair() {}

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
