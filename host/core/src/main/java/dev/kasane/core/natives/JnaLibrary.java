package dev.kasane.core.natives;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** JNA's own library, which it would unpack at every start into a folder for temporary files. */
final class JnaLibrary {
  private static final String FOLDER_PROPERTY = "jna.boot.library.path";
  /** Where it would unpack to all the same. */
  private static final String SPARE_PROPERTY = "jna.tmpdir";

  private JnaLibrary() {}

  /** Unpacks it and tells JNA where it is, unless whoever started Java has. */
  static void prepare() {
    if (System.getProperty(FOLDER_PROPERTY) == null) {
      bundle().map(NativeLibraries::provide).ifPresent(folder -> {
        System.setProperty(FOLDER_PROPERTY, folder.toString());
        if (System.getProperty(SPARE_PROPERTY) == null && Files.isWritable(folder)) {
          System.setProperty(SPARE_PROPERTY, folder.toString());
        }
      });
    }
  }

  private static Optional<LibraryBundle> bundle() {
    // JNA calls it so everywhere but on the Mac, where Java's own name has come later.
    String file = Platform.isMac() ? "libjnidispatch.jnilib" : System.mapLibraryName("jnidispatch");
    // The version is a constant of the compiler's: the class, which would load the library, is not touched.
    return LibraryBundle.find("JNA", Path.of("jna", Native.VERSION + "-" + Platform.RESOURCE_PREFIX),
        Map.of(file, "com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + file));
  }
}
