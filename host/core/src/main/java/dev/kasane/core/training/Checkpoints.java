package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of a run in a folder: one sealed safetensors file each, written whole or not at all.
 *
 * <p>A checkpoint holds the parameters, the optimiser's state and the number of steps done. Data order,
 * schedule and random numbers are functions of the step, so nothing else is needed. One that is not, bit for bit,
 * what was written is never gone on from: the one before takes its place, and the user is told. The last one of a
 * run that has ended stays under another name, for a run of the same kind that is to take more steps.
 */
public final class Checkpoints {

  private final Path folder;
  private final String run;
  private final int keep;
  private final Consumer<String> tell;

  /**
   * @param folder where they lie; made when the first is written
   * @param run what identifies the run: a resumed run must have the same
   * @param keep how many of the newest stay
   * @param tell takes a line for the user about each damaged one that is passed over
   */
  public Checkpoints(Path folder, String run, int keep, Consumer<String> tell) {
    this.folder = folder;
    this.run = run;
    this.keep = keep;
    this.tell = tell;
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
      Folders.make(folder);
      CheckpointFile.of(folder, step).write(run, tensors);
    } catch (IOException | FileFault e) {
      throw new UserException("Checkpoint of step " + step + " cannot be written: " + e.getMessage()
          + ". Free some space or choose another output folder, then run the same command again to go on.", e);
    }
    removeBeyond(step);
  }

  /** The run is at its newest step, so what is of a later one is damaged and was passed over. */
  private void removeBeyond(long newest) {
    NavigableMap<Long, CheckpointFile> found = found(false);
    NavigableMap<Long, CheckpointFile> later = found.tailMap(newest, false);
    NavigableMap<Long, CheckpointFile> oldest = found.headMap(newest, true);
    Stream.concat(later.values().stream(), oldest.values().stream().limit(Math.max(0, oldest.size() - keep)))
        .map(CheckpointFile::path).filter(Files::isRegularFile).forEach(Checkpoints::remove);
  }

  /**
   * Restores the newest intact checkpoint into live tensors.
   *
   * @param tensors the parameters and the optimiser's state, as given to {@link #save}
   * @return steps done, 0 when there is no checkpoint
   * @throws UserException when it belongs to another run or does not fit, or when none of those there is intact
   */
  public long restore(Map<String, NDArray> tensors) {
    List<String> damaged = new ArrayList<>();
    List<CheckpointFile> newestFirst = new ArrayList<>(found(false).descendingMap().values());
    newestFirst.addAll(found(true).descendingMap().values());
    for (CheckpointFile each : newestFirst) {
      try (SafetensorsFile file = each.open()) {
        damaged.forEach(fault -> tell.accept("Checkpoint " + fault + ". The run goes on from the one before, of step "
            + each.step() + "."));
        copyInto(tensors, file);
        return each.step();
      } catch (FileFault e) {
        damaged.add(e.getMessage());
      }
    }
    if (damaged.isEmpty()) {
      return 0;
    }
    throw new UserException("No checkpoint in " + folder + " can be gone on from: " + String.join("; ", damaged)
        + ". Put an intact copy there, or remove the folder to start anew.");
  }

  private void copyInto(Map<String, NDArray> tensors, SafetensorsFile file) {
    if (!CheckpointFile.isOf(file, run)) {
      throw new UserException("Checkpoint " + file.path() + " belongs to a run on another base, with other"
          + " settings or with other data. Resume with what it was started with, choose another output folder, or"
          + " start anew with «overwrite».");
    }
    try {
      for (Map.Entry<String, NDArray> entry : tensors.entrySet()) {
        StoredTensors.copyInto(file, entry.getKey(), entry.getValue());
      }
    } catch (FileFault e) {
      throw new UserException("Checkpoint " + e.getMessage() + ". Choose another output folder, or start anew with"
          + " «overwrite».", e);
    }
  }

  /** Whether this run can go on here: the newest intact checkpoint is its own. Reads the checkpoint. */
  public boolean canGoOn() {
    for (CheckpointFile each : found(false).descendingMap().values()) {
      try (SafetensorsFile file = each.open()) {
        return CheckpointFile.isOf(file, run);
      } catch (FileFault damaged) {
        // The one before may do, as in restore, which tells of the damage.
      }
    }
    return false;
  }

  /** The newest checkpoint of a run that has not ended, intact or not. */
  public Optional<Path> newest() {
    return Optional.ofNullable(found(false).lastEntry()).map(newest -> newest.getValue().path());
  }

  /**
   * How far a run that has ended here came, if it left its last checkpoint and was of this kind: the same base,
   * settings and data. Reads the checkpoint.
   *
   * @return steps done, empty if there is nothing that this run could go on from
   */
  public OptionalLong finished() {
    for (CheckpointFile each : found(true).descendingMap().values()) {
      try (SafetensorsFile file = each.open()) {
        return CheckpointFile.isOf(file, run) ? OptionalLong.of(each.step()) : OptionalLong.empty();
      } catch (FileFault damaged) {
        // Nothing to go on from, which is what is asked here.
      }
    }
    return OptionalLong.empty();
  }

  /** Whether a run that has ended here, of any kind, left its last checkpoint, intact or not. */
  public boolean hasFinished() {
    return !found(true).isEmpty();
  }

  /** Ends the run: its newest checkpoint stays as that of a finished run, and the others are removed. */
  public void finish() {
    NavigableMap<Long, CheckpointFile> before = found(true);
    NavigableMap<Long, CheckpointFile> found = found(false);
    if (found.isEmpty()) {
      return;
    }
    CheckpointFile last = found.pollLastEntry().getValue();
    try {
      PendingFile.rename(last.path(), last.finished().path().getFileName().toString());
    } catch (IOException e) {
      throw new UserException(last.path() + " could not be renamed: " + FileFaults.reason(e)
          + ". The adapter is written; run the same command again to end the run.", e);
    }
    before.remove(last.step());
    before.values().forEach(each -> remove(each.path()));
    found.values().forEach(each -> remove(each.path()));
    removeUnfinished();
  }

  /**
   * Removes every checkpoint, also what was being written when the run was killed, and the folder if nothing else
   * is in it.
   */
  public void clear() {
    Stream.of(true, false).flatMap(last -> found(last).values().stream()).forEach(each -> remove(each.path()));
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
      throw new UserException("What an ended run left in " + folder + " could not be removed: " + FileFaults.reason(e)
          + ". Remove it by hand.", e);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UserException(file + " could not be removed: " + FileFaults.reason(e) + ". Remove it by hand.", e);
    }
  }

  /** What lies there, by step: the last of runs that have ended, or those of one that has not. */
  private NavigableMap<Long, CheckpointFile> found(boolean last) {
    NavigableMap<Long, CheckpointFile> found = new TreeMap<>();
    files().map(CheckpointFile::named).flatMap(Optional::stream).filter(file -> file.last() == last)
        .forEach(file -> found.put(file.step(), file));
    return found;
  }

  private Stream<Path> files() {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException | UncheckedIOException e) {
      throw new UserException("The checkpoints in " + folder + " cannot be listed: " + e
          + ". Check that you may read the folder.", e);
    }
  }
}
