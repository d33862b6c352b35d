package dev.kasane.core.tensor;

import ai.djl.util.Utils;
import dev.kasane.core.UserException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The variables by which users choose a libtorch of their own, checked before DJL acts on them. */
final class TorchVariables {
  static final String FOLDER = "PYTORCH_LIBRARY_PATH";
  static final String FLAVOUR = "PYTORCH_FLAVOR";
  static final String LIBTORCH = System.mapLibraryName("torch");
  /** What DJL's bridge to libtorch for CUDA is called; it works with any CUDA 12. */
  static final String CUDA = "cu128";
  private static final String VERSION = "PYTORCH_VERSION";
  private static final String EXTRA = "PYTORCH_EXTRA_LIBRARY_PATH";

  private final String needed;

  /**
   * @param needed the version of libtorch that DJL's bridge is made for, such as {@code 2.7.1}
   * @throws UserException when a variable asks for what cannot be; DJL would fetch another version, fall back to
   *     another library, or fail without naming the variable
   */
  TorchVariables(String needed) {
    this.needed = needed;
    version().filter(version -> !version.startsWith(needed)).ifPresent(version -> {
      throw new UserException(VERSION + " is '" + version + "', and this program works with libtorch " + needed
          + ". Set it to that and " + FOLDER + " to a folder with it, or unset both.");
    });
    read(EXTRA).stream().flatMap(value -> Stream.of(value.split(","))).filter(file -> !Files.exists(Path.of(file)))
        .findFirst().ifPresent(file -> {
          throw new UserException(EXTRA + " names " + file + ", which does not exist. Correct or unset it.");
        });
  }

  /** Chooses a libtorch for CUDA in the user's stead, who has named none. */
  void choose(Path folder) {
    System.setProperty(FOLDER, folder.toString());
    System.setProperty(VERSION, needed);
    System.setProperty(FLAVOUR, CUDA);
  }

  private static Optional<String> read(String name) {
    return Optional.ofNullable(Utils.getEnvOrSystemProperty(name)).filter(value -> !value.isEmpty());
  }

  Optional<String> version() {
    return read(VERSION);
  }

  /** What it was built for, such as {@code cpu} or {@code cu128}; empty when nothing is said. */
  String flavour() {
    return read(FLAVOUR).orElse("");
  }

  /**
   * The folder with a libtorch of the user's own, if one is named.
   *
   * @throws UserException when there is none in it
   */
  Optional<Path> folder() {
    return read(FOLDER).map(value -> Stream.of(value.split(File.pathSeparator)).map(Path::of)
        .map(place -> place.endsWith(LIBTORCH) ? place.toAbsolutePath().getParent() : place)
        .filter(place -> Files.isRegularFile(place.resolve(LIBTORCH))).findFirst()
        .orElseThrow(() -> new UserException(FOLDER + " is '" + value + "', and there is no " + LIBTORCH + " in it."
            + " Name the folder 'lib' of libtorch " + needed + ", or unset it to use the CPU's.")));
  }
}
