package dev.kasane.core.files;

import java.io.IOException;
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
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder with all that is in it; links in it are never followed. */
final class FileTree {
  /** A thread that still writes into the folder finds no folder soon. */
  private static final int ATTEMPTS = 100;

  private FileTree() {}

  /** Removes a file or a folder with its content, or nothing where there is none. */
  static void remove(Path root) throws IOException {
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

  /** When anything in it was last written to. */
  static FileTime touched(Path root) throws IOException {
    FileTime last = Files.getLastModifiedTime(root, LinkOption.NOFOLLOW_LINKS);
    for (Path file : all(root)) {
      FileTime own = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
      last = own.compareTo(last) > 0 ? own : last;
    }
    return last;
  }

  static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  private static List<Path> all(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.sorted(Comparator.naturalOrder()).toList();
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
