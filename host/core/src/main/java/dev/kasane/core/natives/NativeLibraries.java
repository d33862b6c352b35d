package dev.kasane.core.natives;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The one place that native libraries of this process come from. Has to be asked before a class of DJL or JNA that
 * loads one is touched.
 */
public final class NativeLibraries {
  private static final Duration DEAD = Duration.ofHours(1);

  private static Consumer<String> tell =
      line -> System.getLogger(NativeLibraries.class.getName()).log(System.Logger.Level.WARNING, line);
  private static LibraryCache cache;

  private NativeLibraries() {}

  /** Sets who shows the user a line, such as that libraries lie in a temporary folder; otherwise it is logged. */
  public static synchronized void tell(Consumer<String> teller) {
    tell = teller;
  }

  /**
   * Chooses the cache, if that has not been done, and points DJL and JNA to it.
   *
   * @throws UserException when others could have put code there, or none can be made
   */
  public static synchronized void prepare() {
    if (cache == null) {
      use(LibraryCache.find(System::getenv, System::getProperty)
          .orElseGet(() -> temporary("no folder of your own alone can be made in "
              + System.getProperty("user.home"))));
      JnaLibrary.prepare();
    }
  }

  /**
   * The folder of one engine in the cache, which need not exist.
   *
   * @param engine DJL's name for it
   * @throws UserException when others could have put code there
   */
  public static synchronized Path folder(String engine) {
    prepare();
    return cache.engine(engine);
  }

  /**
   * The same for an engine that is to be there in later runs, too; the folder exists then.
   *
   * @throws UserException also when the cache goes with this process, or cannot be written to
   */
  public static synchronized Path lastingFolder(String engine) {
    Path folder = folder(engine);
    try {
      if (cache.lasting()) {
        Unpacking.makeFolder(folder);
        return folder;
      }
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be made, set DJL_CACHE_DIR to another folder of your own", e);
    }
    throw new UserException("There is no folder in which native libraries would last: the home of this user cannot be"
        + " used. Set DJL_CACHE_DIR to a folder of your own.");
  }

  /**
   * Sees to it that a bundle lies unpacked in the folder.
   *
   * @return the bundle's own folder
   * @throws UserException when it cannot be unpacked or trusted; the message says what to do
   */
  public static synchronized Path provide(LibraryBundle bundle) {
    folder(bundle.engine());
    try {
      if (!bundle.isIn(cache.folder())) {
        if (!cache.isWritable()) {
          leaveUnwritable(bundle);
        }
        new Unpacking(bundle, cache.folder()).run();
      }
      removeLeftovers(bundle);
      return cache.folder().resolve(bundle.folder());
    } catch (IOException e) {
      throw new UserException("The native libraries of " + bundle.name() + " cannot be unpacked into " + cache.folder()
          + ": " + FileFaults.reason(e) + ". " + size(bundle) + " are needed there: free some space, or set"
          + " DJL_CACHE_DIR to another folder of your own.", e);
    }
  }

  private static void leaveUnwritable(LibraryBundle bundle) {
    Path folder = cache.folder();
    if (cache.given()) {
      throw new UserException("The native libraries of " + bundle.name() + " are not whole in " + folder + ", which"
          + " cannot be written to. Make it writable, or set DJL_CACHE_DIR to another folder of your own.");
    }
    use(temporary(folder + " cannot be written to"));
  }

  private static LibraryCache temporary(String why) {
    Path folder = TemporaryCache.make(Path.of(System.getProperty("java.io.tmpdir")));
    tell.accept("Native libraries are unpacked into " + folder + " for this run alone, as " + why
        + ". Set DJL_CACHE_DIR to a folder of your own to keep them.");
    return new LibraryCache(folder, false, false);
  }

  private static void use(LibraryCache chosen) {
    // DJL takes a variable that is set to nothing for the answer, and then asks for its own default.
    if (LibraryCache.VARIABLES.stream().map(System::getenv).allMatch(""::equals)) {
      throw new UserException(String.join(" and ", LibraryCache.VARIABLES) + " are set to nothing. Unset them, or name"
          + " a folder of your own.");
    }
    LibraryCache.VARIABLES.forEach(variable -> System.setProperty(variable, chosen.folder().toString()));
    cache = chosen;
  }

  private static void removeLeftovers(LibraryBundle bundle) {
    try {
      if (Files.isWritable(cache.folder())) {
        new Unpacking(bundle, cache.folder()).removeLeftovers(System.currentTimeMillis() - DEAD.toMillis());
      }
    } catch (IOException e) {
      // They only take room, and another process may be removing them at this moment.
    }
  }

  private static String size(LibraryBundle bundle) {
    try {
      return (bundle.size() >> 20) + 1 + " MiB";
    } catch (IOException e) {
      return "500 MiB";
    }
  }
}
