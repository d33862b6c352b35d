package dev.kasane.app.training;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a run puts its files.
 *
 * @param path the folder
 * @param name the name of the run and of its adapter
 * @param adapterIsFolder whether the adapter is a folder of its own and not a file
 */
record RunFolder(Path path, String name, boolean adapterIsFolder) {
  /** Whether the adapter of a run lies there. */
  boolean hasAdapter() {
    return Files.exists(adapter());
  }

  /**
   * Makes the folder.
   *
   * @throws UserException when that fails
   */
  void make() {
    try {
      Folders.make(samples());
    } catch (IOException e) {
      throw new UserException("Output folder " + path + " cannot be made: " + FileFaults.reason(e)
          + ". Choose a folder that can be written with «output».", e);
    }
  }

  Path adapter() {
    return path.resolve(adapterIsFolder ? name : name + ".safetensors");
  }

  Path checkpoints() {
    return path.resolve("checkpoints");
  }

  private Path samples() {
    return path.resolve("samples");
  }

  Path lossLog() {
    return path.resolve("loss.csv");
  }

  Path lossPlot() {
    return path.resolve("loss.png");
  }

  Path sample(long step, String ending) {
    return samples().resolve(String.format("step-%06d.%s", step, ending));
  }

  Path beforeAfter(String ending) {
    return path.resolve("before-after." + ending);
  }
}
