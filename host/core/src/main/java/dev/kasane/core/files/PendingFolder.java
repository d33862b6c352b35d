package dev.kasane.core.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;

/**
 * A folder beside its place, which it takes in one step once all that belongs into it is there. Closed before that, it
 * is removed with all its content, and so are the folders above it that had to be made.
 */
public final class PendingFolder implements AutoCloseable {
  private final Path target;
  private final Path path;
  /** Made for this one, the deepest first. */
  private final Deque<Path> parents = new ArrayDeque<>();
  private final Pending removal = this::remove;

  private PendingFolder(Path target) throws IOException {
    this.target = target;
    this.path = PendingName.fresh(target);
    for (Path parent = path.getParent(); !Files.exists(parent); parent = parent.getParent()) {
      parents.addLast(parent);
    }
    Files.createDirectories(path.getParent());
    Files.createDirectory(path);
  }

  /**
   * Creates the folder, and removes what killed processes have left beside it.
   *
   * @param target its place; folders above it are made
   * @throws IOException that says why that is impossible
   */
  public static PendingFolder beside(Path target) throws IOException {
    Path place = Files.isDirectory(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    if (Path.of("").toRealPath().startsWith(place)) {
      throw new FileSystemException(place.toString(), null,
          "it is the folder that the command runs in, or above it; name another");
    }
    ProcessEnd end = ProcessEnd.ofThisProcess();
    PendingFolder pending = end.throughDoor(() -> {
      PendingFolder made = new PendingFolder(place);
      end.add(made.removal);
      return made;
    });
    Leftovers.removeBeside(pending.path);
    return pending;
  }

  /**
   * A folder for files that are needed for a while only; it has no place to move to.
   *
   * @param within an existing folder
   */
  public static PendingFolder scratchIn(Path within) throws IOException {
    return beside(within.resolve("scratch"));
  }

  /** Removes what killed processes have left in a folder, without writing anything there that stays. */
  public static void removeLeftovers(Path within) throws IOException {
    try (PendingFolder own = scratchIn(within)) {
      Leftovers.removeAllBeside(own.path);
    }
  }

  /** Where it lies now. */
  public Path path() {
    return path;
  }

  /**
   * Forces everything to disk and puts the folder into its place.
   *
   * @throws IOException when something that is no empty folder lies there
   */
  public void moveIntoPlace() throws IOException {
    FileTree.force(path);
    ProcessEnd.ofThisProcess().throughDoor(() -> {
      if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(target);
      } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      return finish();
    });
  }

  /**
   * Forces everything to disk and puts the folder into the place of an old one. There is a moment without either; if
   * the process is killed in it, the next one that writes there puts the old one back.
   *
   * @param outdated which of the old files, relative to the folder, go with it; all others move over
   * @throws IOException when that fails; the old folder is as it was
   */
  public void replaceTarget(Predicate<Path> outdated) throws IOException {
    if (!Files.isDirectory(target)) {
      moveIntoPlace();
      return;
    }
    KeptFiles.link(target, path, outdated);
    FileTree.force(path);
    ProcessEnd end = ProcessEnd.ofThisProcess();
    Path old = PendingName.setAside(target);
    Pending removalOfOld = () -> FileTree.remove(old);
    end.throughDoor(() -> {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
      try {
        finish();
      } catch (IOException | RuntimeException failure) {
        Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
        throw failure;
      }
      end.add(removalOfOld);
      return target;
    });
    removalOfOld.remove();
    end.remove(removalOfOld);
  }

  private Path finish() throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    parents.clear();
    ProcessEnd.ofThisProcess().remove(removal);
    return target;
  }

  private void remove() throws IOException {
    FileTree.remove(path);
    for (Path parent : parents) {
      if (Files.exists(parent) && FileTree.isEmpty(parent)) {
        Files.delete(parent);
      }
    }
  }

  /** Removes the folder where it has not taken its place. */
  @Override
  public void close() throws IOException {
    remove();
    ProcessEnd.ofThisProcess().remove(removal);
  }
}
