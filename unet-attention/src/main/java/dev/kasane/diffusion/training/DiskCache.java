package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.tensor.Engines;
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
 * picture or caption and nothing ever has to be cleared.
 */
final class DiskCache {
  private static final String TENSOR = "value";

  private final Path folder;
  private final NDManager owner;
  private final Map<String, NDArray> loaded = new HashMap<>();

  /**
   * @param folder where the files lie; made when needed
   * @param owner owner of the tensors in memory
   */
  DiskCache(Path folder, NDManager owner) {
    this.folder = folder;
    this.owner = owner;
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
    } catch (UserException damaged) {
      // Nothing is lost with it: it is computed again and written over.
      return Optional.empty();
    }
  }

  private NDArray compute(String key, Function<NDManager, NDArray> compute) {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      write(key, compute.apply(scope));
    }
    return read(key);
  }

  private NDArray read(String key) {
    try (TensorSource source = TensorSources.open(file(key))) {
      return source.read(TENSOR, owner);
    }
  }

  private void write(String key, NDArray value) {
    try {
      Folders.make(file(key).getParent());
      SafetensorsWriter.write(file(key), List.of(StoredTensors.declare(TENSOR, value)), Map.of());
    } catch (IOException e) {
      throw new UserException("Cache " + folder + " cannot be written: " + FileFaults.reason(e)
          + ". Free some space or name another folder with --cache.", e);
    }
  }

  private Path file(String key) {
    return folder.resolve(key.substring(0, 2)).resolve(key + ".safetensors");
  }
}
