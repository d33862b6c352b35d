package dev.kasane.diffusion.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SealedFile;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tensors that are computed once: in memory for the run, on disk for the next.
 *
 * <p>A key is a hash of everything that the tensor depends on, so nothing can be paired with the wrong
 * picture or caption and nothing ever has to be cleared. Files are sealed and say their key: one that has changed
 * since, or bears another's name, counts as none.
 */
final class DiskCache {
  private static final String TENSOR = "value";
  private static final String KEY = "key";

  private final Path folder;
  private final NDManager owner;
  private final NDManager host;
  private final Map<String, NDArray> loaded = new HashMap<>();

  /**
   * @param folder where the files lie; made when needed
   * @param owner owner of the tensors in memory, on the device that they are computed on; they lie on the host
   */
  DiskCache(Path folder, NDManager owner) {
    this.folder = folder;
    this.owner = owner;
    this.host = owner.newSubManager(Device.cpu());
  }

  /**
   * Returns a tensor, computing it when there is none or only a damaged one.
   *
   * @param key hash of all that it depends on
   * @param compute makes it in a scope that is closed right after
   */
  NDArray get(String key, Function<NDManager, NDArray> compute) {
    NDArray known = loaded.get(key);
    if (known == null) {
      known = stored(key).orElseGet(() -> compute(key, compute));
      loaded.put(key, known);
    }
    return known;
  }

  private Optional<NDArray> stored(String key) {
    if (!Files.isRegularFile(file(key))) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(key));
    } catch (FileFault damaged) {
      // Nothing is lost with it: it is computed again and written over.
      return Optional.empty();
    }
  }

  private NDArray compute(String key, Function<NDManager, NDArray> compute) {
    try (NDManager scope = owner.newSubManager(); GradMode off = GradMode.off()) {
      write(key, compute.apply(scope));
    }
    try {
      return read(key);
    } catch (FileFault e) {
      throw new UserException("What was just written to the cache cannot be read: " + e.getMessage()
          + ". Check the disk, or name another folder with «cache».", e);
    }
  }

  private NDArray read(String key) {
    try (SafetensorsFile file = SafetensorsFile.open(file(key))) {
      SealedFile.check(file);
      if (!key.equals(file.metadata().get(KEY))) {
        throw new FileFault(file.path(), "holds what belongs to another key");
      }
      return StoredTensors.read(file, TENSOR, host);
    }
  }

  private void write(String key, NDArray value) {
    try {
      Folders.make(file(key).getParent());
      SealedFile.write(file(key), List.of(StoredTensors.declare(TENSOR, value)), Map.of(KEY, key));
    } catch (IOException | FileFault e) {
      throw new UserException("Cache " + folder + " cannot be written: " + FileFaults.reason(e)
          + ". Free some space or name another folder with «cache».", e);
    }
  }

  private Path file(String key) {
    return folder.resolve(key.substring(0, 2)).resolve(key + ".safetensors");
  }
}
