package dev.kasane.core.files;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;

/** What of an old folder goes into the new one: the same files, by a second name, so that the old one stays whole. */
final class KeptFiles extends SimpleFileVisitor<Path> {
  private final Path from;
  private final Path to;
  private final Predicate<Path> outdated;

  private KeptFiles(Path from, Path to, Predicate<Path> outdated) {
    this.from = from;
    this.to = to;
    this.outdated = outdated;
  }

  static void link(Path from, Path to, Predicate<Path> outdated) throws IOException {
    Files.walkFileTree(from, new KeptFiles(from, to, outdated));
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    Path name = from.relativize(file);
    Path kept = to.resolve(name);
    if (!outdated.test(name) && !Files.exists(kept, LinkOption.NOFOLLOW_LINKS)) {
      ProcessEnd.ofThisProcess().throughDoor(() -> keep(file, kept, attributes.isSymbolicLink()));
    }
    return FileVisitResult.CONTINUE;
  }

  private static Path keep(Path file, Path kept, boolean link) throws IOException {
    Files.createDirectories(kept.getParent());
    if (link) {
      return Files.createSymbolicLink(kept, Files.readSymbolicLink(file));
    }
    try {
      return Files.createLink(kept, file);
    } catch (IOException | UnsupportedOperationException noLinksHere) {
      return Files.copy(file, kept);
    }
  }
}
