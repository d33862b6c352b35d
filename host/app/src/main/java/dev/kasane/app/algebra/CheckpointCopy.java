package dev.kasane.app.algebra;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where the files of a changed checkpoint go. A file is written under its new name; a folder is made beside
 * its place with copies of everything that does not change, and appears under its name when it is complete.
 */
final class CheckpointCopy {
  private static final String SAFETENSORS = ".safetensors";

  private final Path root;
  private final Path target;
  private final Set<Path> changed;

  /**
   * @param root the checkpoint
   * @param target where to; it must not exist
   * @param changed the files that will be written anew
   * @throws UserException when the target exists, or a pickled part of a folder would have to be written
   */
  CheckpointCopy(Path root, Path target, Set<Path> changed) {
    this.root = root;
    this.target = target;
    this.changed = changed;
    if (Files.exists(target)) {
      throw new UserException("Option --out names " + target + ", which exists. Name a new "
          + (Files.isDirectory(root) ? "folder" : "file") + ", or remove it first.");
    }
    if (!Files.isDirectory(root) && !changed.equals(Set.of(root))) {
      throw new UserException(root + " is the index of a model in several files. Name the folder that it is in.");
    }
    if (!Files.isDirectory(root) && !target.toString().endsWith(SAFETENSORS)) {
      throw new UserException("Option --out names " + target + "; the result is a safetensors file: let its name"
          + " end in " + SAFETENSORS + ".");
    }
  }

  /** Does the work on the new files; nothing is left behind when it fails. */
  void write(Consumer<Map<Path, Path>> work) {
    if (!Files.isDirectory(root)) {
      work.accept(Map.of(root, target));
      return;
    }
    Path absolute = target.toAbsolutePath().normalize();
    Path pending = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Map<Path, Path> targets = copyRest(pending);
      work.accept(targets);
      Files.move(pending, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UserException(target + " could not be written: " + e + ". Nothing was left behind.", e);
    } finally {
      remove(pending);
    }
  }

  private Map<Path, Path> copyRest(Path pending) throws IOException {
    Map<Path, Path> targets = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path each : walk.sorted().toList()) {
        Path copy = pending.resolve(root.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else if (changed.contains(each)) {
          targets.put(each, safetensors(each, copy));
        } else {
          Files.copy(each, copy);
        }
      }
    }
    return targets;
  }

  private static Path safetensors(Path file, Path copy) {
    if (!file.toString().endsWith(SAFETENSORS)) {
      throw new UserException(file + " is a pickle inside a folder, which is not written anew. Save the model as"
          + " safetensors first.");
    }
    return copy;
  }

  private static void remove(Path pending) {
    if (!Files.exists(pending)) {
      return;
    }
    try (Stream<Path> files = Files.walk(pending)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UserException("The unfinished folder " + pending + " could not be removed: " + e
          + ". Remove it by hand.", e);
    }
  }
}
