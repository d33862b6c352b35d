package dev.kasane.core.checkpoint;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens whatever file holds tensors. */
public final class TensorSources {
  private TensorSources() {}

  /**
   * Opens a safetensors file, or an index ({@code *.index.json}) with the files that it names.
   *
   * @throws UserException when the file is missing, damaged or of no kind that is known
   */
  public static TensorSource open(Path path) {
    if (!Files.exists(path)) {
      throw new UserException("There is no file " + path + ".");
    }
    return path.toString().endsWith(".index.json")
        ? ShardedSource.open(path, TensorSources::openFile)
        : openFile(path);
  }

  private static TensorSource openFile(Path path) {
    return SafetensorsSource.open(path);
  }
}
