package dev.kasane.core.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Copies a file with other keys, every tensor bit for bit. */
public final class KeyRepair {
  private KeyRepair() {}

  /**
   * Copies a safetensors file.
   *
   * @param file the file; it is left as it is
   * @param renames old key → new key; other keys are kept, keys that are not in the file do nothing
   * @param copy the new file; one that exists is replaced when everything has been written
   * @throws UserException when two tensors would have the same key
   * @throws IOException when a file cannot be read or written
   */
  public static void copy(Path file, Map<String, String> renames, Path copy) throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      List<TensorDeclaration> tensors = new ArrayList<>();
      Map<String, String> origins = new HashMap<>();
      for (TensorEntry entry : opened.tensors().values()) {
        String key = renames.getOrDefault(entry.name(), entry.name());
        String other = origins.put(key, entry.name());
        if (other != null) {
          throw new UserException(file + ": the keys '" + other + "' and '" + entry.name()
              + "' would both become '" + key + "'. Remove one of them.");
        }
        tensors.add(new TensorDeclaration(key, entry.dtype(), entry.shape(),
            TensorBytes.ofBuffer(() -> opened.map(entry.name()))));
      }
      SafetensorsWriter.write(copy, tensors, opened.metadata());
    }
  }
}
