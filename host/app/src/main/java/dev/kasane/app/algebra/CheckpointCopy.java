package dev.kasane.app.algebra;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.ModelParts;
import dev.kasane.core.algebra.merge.ModelDescription;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.FolderCopy;
import dev.kasane.core.files.PendingFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where the files of a changed checkpoint go. A file is written under its new name; a folder is made beside its place
 * with copies of everything that does not change, opened once, and appears under its name when it is complete.
 */
final class CheckpointCopy {
  private static final String SAFETENSORS = ".safetensors";

  private final Path root;
  private final Path target;
  private final Set<Path> changed;
  private final ModelDescription description;

  /**
   * @param root the checkpoint
   * @param target where to; it must not exist
   * @param changed the files that will be written anew
   * @param description what the files beside them say otherwise
   * @throws UserException when the target exists, or a pickled part of a folder would have to be written
   */
  CheckpointCopy(Path root, Path target, Set<Path> changed, ModelDescription description) {
    this.root = root;
    this.target = target;
    this.changed = changed;
    this.description = description;
    if (Files.exists(target)) {
      throw new UserException("Option «output» names " + target + ", which exists. Name a new "
          + (Files.isDirectory(root) ? "folder" : "file") + ", or remove it first.");
    }
    if (!Files.isDirectory(root) && !changed.equals(Set.of(root))) {
      throw new UserException(root + " is the index of a model in several files. Name the folder that it is in.");
    }
    if (!Files.isDirectory(root) && !target.toString().endsWith(SAFETENSORS)) {
      throw new UserException("Option «output» names " + target + "; the result is a safetensors file: let its name"
          + " end in " + SAFETENSORS + ".");
    }
  }

  /** Does the work on the new files; nothing is left behind when it fails. */
  void write(Consumer<Map<Path, Path>> work) {
    if (!Files.isDirectory(root)) {
      work.accept(Map.of(root, target));
      return;
    }
    try (PendingFolder pending = PendingFolder.beside(target)) {
      Map<Path, Path> targets = targets(pending.path());
      FolderCopy.copy(root, pending.path(), changed::contains);
      work.accept(targets);
      description.apply(pending.path());
      requireOpens(pending.path());
      pending.moveIntoPlace();
    } catch (IOException e) {
      throw new UserException(target + " could not be written: " + FileFaults.reason(e)
          + ". Nothing was left behind; mend that, or name another place.", e);
    }
  }

  /** Opens the result once, headers and configurations: it has the parts, tensors and layers that the old one has. */
  private void requireOpens(Path result) throws IOException {
    ModelParts.requireSame(root, result);
    try (CheckpointLayers before = Bases.open(root); CheckpointLayers after = Bases.open(result)) {
      if (!names(after).equals(names(before))) {
        throw new UserException(target + " was not written: opened again, it has not the layers that " + root
            + " has. Look whether the disk is damaged.");
      }
    }
  }

  private static Map<String, Set<String>> names(CheckpointLayers layers) {
    Map<String, Set<String>> names = new HashMap<>();
    layers.paths().forEach((component, paths) -> names.put(component, Set.copyOf(paths)));
    return names;
  }

  private Map<Path, Path> targets(Path pending) {
    Map<Path, Path> targets = new LinkedHashMap<>();
    changed.forEach(each -> targets.put(each, safetensors(each, pending.resolve(root.relativize(each).toString()))));
    return targets;
  }

  private static Path safetensors(Path file, Path copy) {
    if (!file.toString().endsWith(SAFETENSORS)) {
      throw new UserException(file + " is a pickle inside a folder, which is not written anew. Save the model as"
          + " safetensors first.");
    }
    return copy;
  }
}
