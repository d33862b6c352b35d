package dev.kasane.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/** A folder with all that is in it; links in it are never followed. */
public final class FileTree {
  /** A thread that still writes into the folder finds no folder soon. */
  private static final int ATTEMPTS = 100;

  private FileTree() {}

  /** Removes a file or a folder with its content, or nothing where there is none. */
  public static void remove(Path root) throws IOException {
    for (int attempt = 1; Files.exists(root, LinkOption.NOFOLLOW_LINKS); attempt++) {
      try {
        Files.walkFileTree(root, new Removal());
      } catch (DirectoryNotEmptyException | NoSuchFileException besideAnother) {
        if (attempt == ATTEMPTS) {
          throw besideAnother;
        }
      }
    }
  }

  /** Forces the files to disk. What was forced already costs next to nothing. */
  static void force(Path root) throws IOException {
    for (Path file : all(root)) {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }

  /** Bytes of all files in it; 0 where there is nothing. */
  public static long size(Path root) throws IOException {
    long size = 0;
    for (Path file : Files.exists(root) ? all(root) : List.<Path>of()) {
      size += Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
    }
    return size;
  }

  /** When anything in it was last written to. */
  public static FileTime touched(Path root) throws IOException {
    FileTime last = Files.getLastModifiedTime(root, LinkOption.NOFOLLOW_LINKS);
    for (Path file : all(root)) {
      FileTime own = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
      last = own.compareTo(last) > 0 ? own : last;
    }
    return last;
  }

  static boolean isEmpty(Path folder) throws IOException {
    return children(folder).isEmpty();
  }

  /** What is in a folder, in the order of the names. */
  static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }

  private static List<Path> all(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
