package dev.kasane.core.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What killed processes have left in the folders that this one writes to: each folder is looked through once, when
 * the first pending file is made in it.
 *
 * <p>Removed is what has exactly the name of something pending, belongs to the user that owns what this process has
 * just made there, and whose maker {@linkplain Maker#isDead is certainly no more}. Links are not followed. Leftovers of
 * other machines, of containers that are gone, and of other users stay: remove them by hand.
 */
final class Leftovers {
  private static final Set<Path> SEEN = ConcurrentHashMap.newKeySet();

  private Leftovers() {}

  /**
   * Looks a folder through, unless that was done before.
   *
   * @param own something that this process has just made in the folder
   */
  static void removeBeside(Path own) {
    if (SEEN.add(own.getParent())) {
      removeAllBeside(own);
    }
  }

  /** Looks a folder through in any case. */
  static void removeAllBeside(Path own) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(own.getParent(), ".*.kasane-*")) {
      for (Path each : found) {
        removeIfDead(each, own);
      }
    } catch (IOException | DirectoryIteratorException e) {
      // What cannot be looked at or removed now stays for the next time: it is no reason to refuse what is asked for.
      SEEN.remove(own.getParent());
    }
  }

  private static void removeIfDead(Path each, Path own) throws IOException {
    Optional<PendingName> name = PendingName.parse(each.getFileName().toString());
    if (name.isEmpty() || !owner(each).equals(owner(own))
        || !name.get().maker().isDead(FileTree.touched(each).toInstant())) {
      return;
    }
    Path place = each.resolveSibling(name.get().target());
    if (name.get().setAside() && !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      // Its maker was killed before the new folder came: the old one goes back.
      Files.move(each, place, StandardCopyOption.ATOMIC_MOVE);
    } else {
      FileTree.remove(each);
    }
  }

  private static Object owner(Path file) throws IOException {
    return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
  }
}
