package dev.kasane.core.natives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells whether others than this user and the administrator could have put or changed what lies at a path. Systems
 * without owners and modes in the way of POSIX are not asked.
 */
public final class OwnFiles {
  static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;
  private static final int MOST_LINKS = 40;
  private static final int DEEPEST = 4;

  private OwnFiles() {}

  /**
   * Why code from a path cannot be trusted, in words that name the folder or file that it is for; nothing when it can,
   * or when there is nothing yet. Every folder on the way counts, and every link.
   */
  public static Optional<String> fault(Path path) {
    return fault(path, false);
  }

  /** The same for a folder in which a new one is to be made: a sticky one, such as {@code /tmp}, will do. */
  static Optional<String> faultAround(Path folder) {
    return fault(folder, true);
  }

  /** The same for a folder and all that is in it. */
  static Optional<String> faultWithin(Path folder) {
    if (!POSIX || !Files.isDirectory(folder)) {
      return fault(folder);
    }
    try (Stream<Path> files = Files.walk(folder, DEEPEST)) {
      return files.map(OwnFiles::fault).flatMap(Optional::stream).findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(folder + " cannot be looked at: " + e.getMessage());
    }
  }

  private static Optional<String> fault(Path path, boolean stickyWillDo) {
    if (!POSIX) {
      return Optional.empty();
    }
    try {
      return new Walk(path.toAbsolutePath()).fault(stickyWillDo);
    } catch (NoSuchFileException nothingYet) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(path + " cannot be looked at: " + e.getMessage());
    }
  }

  /** From the root to a path, name by name, around every link. */
  private static final class Walk {
    private final Deque<Path> names = new ArrayDeque<>();
    private Path current;
    private int links;

    Walk(Path path) {
      current = path.getRoot();
      path.forEach(names::add);
    }

    Optional<String> fault(boolean stickyWillDo) throws IOException {
      Optional<String> fault = step(current, names.isEmpty() && !stickyWillDo);
      while (fault.isEmpty() && !names.isEmpty()) {
        String name = names.pop().toString();
        if (name.equals("..")) {
          current = current.getParent() == null ? current : current.getParent();
        } else if (!name.equals(".") && !name.isEmpty()) {
          fault = step(current.resolve(name), names.isEmpty() && !stickyWillDo);
        }
      }
      return fault;
    }

    private Optional<String> step(Path next, boolean strict) throws IOException {
      Entry entry = Entry.of(next);
      if (!TrustedUsers.has(entry.owner())) {
        return Optional.of(next + " belongs to " + Files.getOwner(next, LinkOption.NOFOLLOW_LINKS).getName());
      }
      if (Files.isSymbolicLink(next)) {
        follow(next);
        return Optional.empty();
      }
      current = next;
      return entry.sticky() && !strict ? Optional.empty()
          : entry.writers().map(who -> next + " can be written by " + who);
    }

    private void follow(Path link) throws IOException {
      if (++links > MOST_LINKS) {
        throw new FileSystemLoopException(link.toString());
      }
      Path target = Files.readSymbolicLink(link);
      if (target.isAbsolute()) {
        current = target.getRoot();
      }
      for (int i = target.getNameCount() - 1; i >= 0; i--) {
        names.push(target.getName(i));
      }
    }
  }

  private record Entry(int owner, int mode, String ownerName, String group) {
    static Entry of(Path path) throws IOException {
      Map<String, Object> found =
          Files.readAttributes(path, "unix:uid,mode,owner,group", LinkOption.NOFOLLOW_LINKS);
      return new Entry((Integer) found.get("uid"), (Integer) found.get("mode"), found.get("owner").toString(),
          found.get("group").toString());
    }

    boolean sticky() {
      return (mode & STICKY) != 0;
    }

    /** Who else may write. A group that is named like its user is that user's own, as most systems make them. */
    Optional<String> writers() {
      if ((mode & OTHERS_WRITE) != 0) {
        return Optional.of("everyone");
      }
      return (mode & GROUP_WRITES) != 0 && !group.equals(ownerName) ? Optional.of("the group " + group)
          : Optional.empty();
    }
  }
}
