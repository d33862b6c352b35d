package dev.kasane.app.training;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a run puts its files.
 *
 * @param path the folder
 * @param name the name of the run and of its adapter
 * @param ending of the adapter's name, empty for a folder
 */
record RunFolder(Path path, String name, String ending) {
  /** A run whose adapter is one file. */
  RunFolder(Path path, String name) {
    this(path, name, ".safetensors");
  }

  /**
   * Looks whether the folder may be used.
   *
   * @param replace whether an adapter that lies there already may be replaced
   * @throws UserException when a finished run lies there already
   */
  void requireFree(boolean replace) {
    if (Files.exists(adapter()) && !replace) {
      throw new UserException("A finished run lies at " + adapter() + ". Name another folder with --out,"
          + " or give --overwrite to train anew.");
    }
  }

  /**
   * Makes the folder.
   *
   * @throws UserException when that fails
   */
  void make() {
    try {
      Files.createDirectories(samples());
    } catch (IOException e) {
      throw new UserException("Output folder " + path + " cannot be made: " + e.getMessage()
          + ". Choose a folder that can be written with --out.", e);
    }
  }

  Path adapter() {
    return path.resolve(name + ending);
  }

  Path checkpoints() {
    return path.resolve("checkpoints");
  }

  Path samples() {
    return path.resolve("samples");
  }

  Path lossLog() {
    return path.resolve("loss.csv");
  }

  Path lossPlot() {
    return path.resolve("loss.png");
  }

  Path grid() {
    return path.resolve("before-after.png");
  }
}
