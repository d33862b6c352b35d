package dev.kasane.core.natives;

import ai.djl.util.ClassLoaderUtils;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Native libraries on the class path that belong together.
 *
 * @param name for messages
 * @param folder where they are looked for once unpacked, relative to the cache
 * @param files where each comes from, by its name in the folder; whoever finds the last may take all for there
 */
public record LibraryBundle(String name, Path folder, Map<String, URL> files) {
  /** Keeps the order of the files. */
  public LibraryBundle {
    files = new LinkedHashMap<>(files);
  }

  /**
   * Looks for the files on the class path.
   *
   * @param resources by name in the folder
   * @return nothing when one is not there
   */
  public static Optional<LibraryBundle> find(String name, Path folder, Map<String, String> resources) {
    Map<String, URL> files = new LinkedHashMap<>();
    resources.forEach((file, resource) -> resource(resource).ifPresent(url -> files.put(file, url)));
    return files.size() == resources.size() ? Optional.of(new LibraryBundle(name, folder, files)) : Optional.empty();
  }

  /** The folder in the cache that this and all else of its engine lies in. */
  String engine() {
    return folder.getName(0).toString();
  }

  /** Where DJL looks, too. */
  private static Optional<URL> resource(String name) {
    return Stream.of(ClassLoaderUtils.getContextClassLoader(), LibraryBundle.class.getClassLoader())
        .map(loader -> loader.getResource(name)).filter(Objects::nonNull).findFirst();
  }

  /** Whether a cache holds all of it, none cut short. */
  boolean isIn(Path cache) throws IOException {
    for (String file : files.keySet()) {
      if (!isIn(cache, file)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a cache holds one of the files whole. */
  boolean isIn(Path cache, String file) throws IOException {
    Path there = cache.resolve(folder).resolve(file);
    return Files.isRegularFile(there) && Files.size(there) == files.get(file).openConnection().getContentLengthLong();
  }

  /** Bytes of all files. */
  long size() throws IOException {
    long size = 0;
    for (URL file : files.values()) {
      size += file.openConnection().getContentLengthLong();
    }
    return size;
  }
}
