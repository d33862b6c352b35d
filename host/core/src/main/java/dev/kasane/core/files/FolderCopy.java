package dev.kasane.core.files;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Copies the folder of a model, which may be a stranger's.
 *
 * <p>{@link SafeLinks} says which links are followed: files behind them are copied as files, folders as folders with
 * what is in them. Any other link, and what is neither file nor folder (pipes, sockets, devices), is refused by name.
 */
public final class FolderCopy {
  /** Files and folders. No model has so many; links that lead to folders of links could make any number. */
  private static final int MOST = 20_000;

  private final Path from;
  private final SafeLinks links;
  /** Files without links by the names that they have in the folder. */
  private final Map<Path, Path> files = new LinkedHashMap<>();
  private final Set<Path> folders = new LinkedHashSet<>();

  private FolderCopy(Path from) throws IOException {
    this.from = from;
    this.links = new SafeLinks(from);
    look(from, List.of());
    folders.remove(from);
  }

  /**
   * Copies a folder. All of it is looked at before anything is written.
   *
   * @param from the folder, or a link to it
   * @param to the copy, an empty folder
   * @param leftOut which files are looked at as all are, but not copied; each is {@code from} with names after it
   * @throws IOException when something cannot be read or written
   * @throws UserException that names a link that is not followed, or what is no file
   */
  public static void copy(Path from, Path to, Predicate<Path> leftOut) throws IOException {
    FolderCopy copy = new FolderCopy(from);
    for (Path folder : copy.folders) {
      Folders.make(to.resolve(from.relativize(folder).toString()));
    }
    for (Map.Entry<Path, Path> file : copy.files.entrySet()) {
      if (!leftOut.test(file.getKey())) {
        Files.copy(file.getValue(), to.resolve(from.relativize(file.getKey()).toString()));
      }
    }
  }

  /** @param above the real folders that this one is in, by whatever links */
  private void look(Path folder, List<Path> above) throws IOException {
    Path real = folder.toRealPath();
    if (above.contains(real)) {
      throw new UserException(folder + " leads back to the folder " + real + " that it is in. Remove the link.");
    }
    List<Path> within = new ArrayList<>(above);
    within.add(real);
    folders.add(folder);
    for (Path each : FileTree.children(folder)) {
      Path behind = links.follow(each);
      BasicFileAttributes kind = Files.readAttributes(behind, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (kind.isDirectory()) {
        look(each, within);
      } else if (kind.isRegularFile()) {
        files.put(each, behind);
      } else {
        throw new UserException(each + " is neither a file nor a folder but a pipe, a socket or a device. Remove it"
            + " from the model's folder.");
      }
      requireBound();
    }
  }

  private void requireBound() {
    if (files.size() + folders.size() > MOST) {
      throw new UserException(from + " has more than " + MOST + " files and folders, which no model has. Name the"
          + " model's own folder, and look for links in it that multiply others.");
    }
  }
}
