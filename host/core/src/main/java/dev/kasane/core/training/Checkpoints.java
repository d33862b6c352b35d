package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run in a folder: one safetensors file each, written whole or not at all.
 *
 * <p>A checkpoint holds the parameters, the optimiser's state and the number of steps done. Data order,
 * schedule and random numbers are functions of the step, so nothing else is needed.
 */
public final class Checkpoints {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{8,18})\\.safetensors");
  private static final String STEP = "step";
  private static final String RUN = "run";

  private final Path folder;
  private final String run;
  private final int keep;

  /**
   * @param folder where they lie; made when the first is written
   * @param run what identifies the run: a resumed run must have the same
   * @param keep how many of the newest stay
   */
  public Checkpoints(Path folder, String run, int keep) {
    this.folder = folder;
    this.run = run;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint and removes the oldest beyond those to keep.
   *
   * @param step steps done
   * @param tensors the live parameters and the optimiser's state
   * @throws UserException when it cannot be written; older checkpoints are untouched
   */
  public void save(long step, Map<String, NDArray> tensors) {
    try {
      Files.createDirectories(folder);
      List<TensorDeclaration> declarations = new ArrayList<>();
      tensors.forEach((name, tensor) -> declarations.add(StoredTensors.declare(name, tensor)));
      Path file = folder.resolve(String.format("checkpoint-%08d.safetensors", step));
      SafetensorsWriter.write(file, declarations, Map.of(STEP, Long.toString(step), RUN, run));
      removeOldest();
    } catch (IOException e) {
      throw new UserException("Checkpoint of step " + step + " cannot be written: " + e.getMessage()
          + ". Free some space or choose another output folder, then run the same command again to go on.", e);
    }
  }

  /**
   * Restores the newest checkpoint into live tensors.
   *
   * @param tensors the parameters and the optimiser's state, as given to {@link #save}
   * @return steps done, 0 when there is no checkpoint
   * @throws UserException when it belongs to another run or does not fit
   */
  public long restore(Map<String, NDArray> tensors) {
    Optional<Path> newest = newest();
    if (newest.isEmpty()) {
      return 0;
    }
    try (SafetensorsFile file = SafetensorsFile.open(newest.get())) {
      if (!run.equals(file.metadata().get(RUN))) {
        throw new UserException("Checkpoint " + newest.get() + " belongs to a run on another base, with other"
            + " settings or with other data. Resume with what it was started with, choose another output folder, or"
            + " start anew with --overwrite.");
      }
      for (Map.Entry<String, NDArray> entry : tensors.entrySet()) {
        StoredTensors.copyInto(file, entry.getKey(), entry.getValue());
      }
      return Long.parseLong(file.metadata().get(STEP));
    } catch (IOException e) {
      throw new UserException("Checkpoint " + newest.get() + " cannot be read: " + e.getMessage()
          + ". Remove it to go on from the one before.", e);
    }
  }

  /** Whether the newest checkpoint, if there is a readable one, is of another base, other settings or data. */
  public boolean holdsAnotherRun() {
    Optional<Path> newest = newest();
    if (newest.isEmpty()) {
      return false;
    }
    try (SafetensorsFile file = SafetensorsFile.open(newest.get())) {
      return !run.equals(file.metadata().get(RUN));
    } catch (IOException e) {
      // Damage is told by restore, which knows what to do about it.
      return false;
    }
  }

  /** The newest checkpoint. */
  public Optional<Path> newest() {
    TreeMap<Long, Path> found = found();
    return found.isEmpty() ? Optional.empty() : Optional.of(found.lastEntry().getValue());
  }

  /**
   * Removes every checkpoint when the run is complete, also what was being written when the run was killed,
   * and the folder if nothing else is in it.
   */
  public void clear() {
    found().values().forEach(Checkpoints::remove);
    if (Files.isDirectory(folder)) {
      removeUnfinished();
    }
    if (Files.isDirectory(folder) && files().findAny().isEmpty()) {
      remove(folder);
    }
  }

  private void removeUnfinished() {
    try {
      PendingFolder.removeLeftovers(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeOldest() {
    TreeMap<Long, Path> found = found();
    while (found.size() > keep) {
      remove(found.pollFirstEntry().getValue());
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TreeMap<Long, Path> found() {
    TreeMap<Long, Path> found = new TreeMap<>(Comparator.naturalOrder());
    files().forEach(file -> {
      Matcher matcher = NAME.matcher(file.getFileName().toString());
      if (matcher.matches()) {
        found.put(Long.parseLong(matcher.group(1)), file);
      }
    });
    return found;
  }

  private Stream<Path> files() {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
