package dev.kasane.core.natives;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The folder of unpacked libraries.
 *
 * @param folder an existing folder that only this user and the administrator can write to, on systems that tell
 * @param given whether the user named it
 * @param lasting whether it is there after this process
 */
record LibraryCache(Path folder, boolean given, boolean lasting) {
  /** Where DJL looks, in its order. */
  static final List<String> VARIABLES = List.of("ENGINE_CACHE_DIR", "DJL_CACHE_DIR");
  /** What DJL calls the folder in a user's home. */
  private static final String IN_HOME = ".djl.ai";
  private static final String ADVICE = " Native code from there could be somebody else's. Make it your own alone"
      + " (chown, chmod go-w), or set DJL_CACHE_DIR to a folder that is.";

  /**
   * The folder that the user named, or the one in the user's home.
   *
   * @param environment variables of the process
   * @param properties of the system
   * @return nothing when there is no home that may be written to
   * @throws UserException when others could have put code there
   */
  static Optional<LibraryCache> find(UnaryOperator<String> environment, UnaryOperator<String> properties) {
    for (UnaryOperator<String> source : List.of(environment, properties)) {
      for (String variable : VARIABLES) {
        String value = source.apply(variable);
        if (value != null && !value.isEmpty()) {
          return Optional.of(given(variable, value));
        }
      }
    }
    return inHome(properties.apply("user.home"));
  }

  private static LibraryCache given(String variable, String value) {
    try {
      Path folder = Path.of(value).toAbsolutePath();
      refuseOthers(folder, variable + " names " + folder + ", and ");
      if (!Files.isDirectory(folder)) {
        Unpacking.makeFolder(folder);
      }
      return new LibraryCache(folder, true, true);
    } catch (IOException e) {
      throw unusable(variable, value, FileFaults.reason(e), e);
    } catch (InvalidPathException e) {
      throw unusable(variable, value, e.getReason(), e);
    }
  }

  private static UserException unusable(String variable, String value, String reason, Exception cause) {
    return new UserException(variable + " names '" + value + "' as the folder of native libraries, which cannot be"
        + " made: " + reason + ". Name a folder of your own, or unset it.", cause);
  }

  private static Optional<LibraryCache> inHome(String home) {
    // Without an account Java calls the home "?".
    if (home == null || home.length() < 2) {
      return Optional.empty();
    }
    Path folder = Path.of(home).toAbsolutePath().resolve(IN_HOME);
    if (Files.isDirectory(folder)) {
      refuseOthers(folder, "The folder of native libraries is " + folder + ", and ");
      return Optional.of(new LibraryCache(folder, false, true));
    }
    if (!Files.isWritable(folder.getParent()) || OwnFiles.fault(folder.getParent()).isPresent()) {
      return Optional.empty();
    }
    try {
      Unpacking.makeFolder(folder);
      return Optional.of(new LibraryCache(folder, false, true));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void refuseOthers(Path folder, String subject) {
    OwnFiles.fault(folder).ifPresent(fault -> {
      throw new UserException(subject + fault + "." + ADVICE);
    });
  }

  /**
   * The folder of one engine.
   *
   * @throws UserException when others could have put code into it
   */
  Path engine(String name) {
    Path engine = folder.resolve(name);
    OwnFiles.faultWithin(engine).ifPresent(fault -> {
      throw new UserException("The native libraries in " + engine + " cannot be trusted: " + fault + "." + ADVICE);
    });
    return engine;
  }

  /** Whether something can be unpacked into it. */
  boolean isWritable() {
    return Files.isWritable(folder);
  }
}
