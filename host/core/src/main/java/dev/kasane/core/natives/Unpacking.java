package dev.kasane.core.natives;

import dev.kasane.core.files.FileTree;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Unpacks libraries into a cache, one process at a time. Each takes its place in one step, so that nobody ever finds
 * half of one; what a killed process has left is removed by the next.
 */
final class Unpacking {
  private static final String LOCK = ".kasane.lock";
  /** What DJL leaves when it is killed: a folder that was to become an engine's, or a single library. */
  private static final Pattern LEFT_BY_DJL = Pattern.compile("tmp\\d+|jni\\d+tmp");
  private static final int DEPTH = 2;

  private final LibraryBundle bundle;
  private final Path cache;

  Unpacking(LibraryBundle bundle, Path cache) {
    this.bundle = bundle;
    this.cache = cache;
  }

  /** Makes a folder, and those around it, that only this user may write to or look into. */
  static void makeFolder(Path folder) throws IOException {
    Files.createDirectories(folder, permissions("rwx------"));
  }

  private static FileAttribute<?>[] permissions(String permissions) {
    return OwnFiles.POSIX ? new FileAttribute<?>[] {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))} : new FileAttribute<?>[0];
  }

  /**
   * Unpacks what is missing or cut short.
   *
   * @throws IOException when there is no room, or no right to write
   */
  void run() throws IOException {
    try (FileChannel channel = FileChannel.open(cache.resolve(LOCK),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), permissions("rw-------"));
        FileLock alone = channel.lock()) {
      Path folder = cache.resolve(bundle.folder());
      makeFolder(folder);
      for (String file : bundle.files().keySet()) {
        // Another process may have been here before the lock.
        if (!bundle.isIn(cache, file)) {
          unpack(file, folder.resolve(file));
        }
      }
    }
  }

  private void unpack(String file, Path place) throws IOException {
    try (InputStream from = bundle.files().get(file).openStream(); PendingFile pending = PendingFile.beside(place)) {
      from.transferTo(pending.stream());
      pending.replaceTarget();
    }
    if (OwnFiles.POSIX) {
      // Whatever new files of the user's are open to, this one is not.
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  /**
   * Removes what killed first starts of DJL's own unpacking have left, here or in older versions. One that is at work
   * writes all the time.
   *
   * @param untouchedSince only what nothing was written to since then, in milliseconds since 1970
   */
  void removeLeftovers(long untouchedSince) throws IOException {
    for (Path left : foundLeftByDjl()) {
      if (FileTree.touched(left).toMillis() < untouchedSince) {
        FileTree.remove(left);
      }
    }
  }

  private List<Path> foundLeftByDjl() throws IOException {
    Path engine = cache.resolve(bundle.engine());
    if (!Files.isDirectory(engine)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(engine, DEPTH)) {
      return files.filter(path -> LEFT_BY_DJL.matcher(path.getFileName().toString()).matches()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
