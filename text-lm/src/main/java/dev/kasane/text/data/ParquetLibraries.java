package dev.kasane.text.data;

import com.github.luben.zstd.util.ZstdVersion;
import dev.kasane.core.natives.LibraryBundle;
import dev.kasane.core.natives.NativeLibraries;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.xerial.snappy.OSInfo;
import org.xerial.snappy.SnappyLoader;

/**
 * The native libraries that unpack what Parquet files hold. Left to themselves they would be written into a folder for
 * temporary files at every start.
 */
final class ParquetLibraries {
  private static final String SNAPPY_FOLDER = "org.xerial.snappy.lib.path";
  private static final String SNAPPY_FILE = "org.xerial.snappy.lib.name";
  private static final String ZSTD_FILE = "ZstdNativePath";

  private ParquetLibraries() {}

  /**
   * Unpacks them and says where they are, unless whoever started Java has.
   *
   * @throws dev.kasane.core.UserException when they cannot be unpacked
   */
  static void prepare() {
    String snappy = System.mapLibraryName("snappyjava");
    if (System.getProperty(SNAPPY_FOLDER) == null) {
      bundle("snappy", SnappyLoader.getVersion(), snappy,
          "org/xerial/snappy/native/" + OSInfo.getNativeLibFolderPathForCurrentOS()).ifPresent(bundle -> {
            System.setProperty(SNAPPY_FOLDER, NativeLibraries.provide(bundle).toString());
            System.setProperty(SNAPPY_FILE, snappy);
          });
    }
    String zstd = System.mapLibraryName("zstd-jni-" + ZstdVersion.VERSION);
    String file = zstd.startsWith("lib") ? zstd : "lib" + zstd;
    if (System.getProperty(ZSTD_FILE) == null) {
      bundle("zstd", ZstdVersion.VERSION, file, zstdFolder()).ifPresent(bundle ->
          System.setProperty(ZSTD_FILE, NativeLibraries.provide(bundle).resolve(file).toString()));
    }
  }

  private static Optional<LibraryBundle> bundle(String name, String version, String file, String resources) {
    Path folder = Path.of(name, version + "-" + System.getProperty("os.name").replace(' ', '_') + "-"
        + System.getProperty("os.arch"));
    return LibraryBundle.find(name, folder, Map.of(file, resources + "/" + file));
  }

  private static String zstdFolder() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).replace(' ', '_');
    String machine = System.getProperty("os.arch");
    if (system.startsWith("mac")) {
      return "darwin/" + (machine.equals("amd64") ? "x86_64" : machine);
    }
    return (system.startsWith("win") ? "win" : system) + "/" + machine;
  }
}
