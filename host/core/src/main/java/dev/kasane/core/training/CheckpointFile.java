package dev.kasane.core.training;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SealedFile;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.StoredTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One checkpoint: a sealed safetensors file that says in its name and in itself which step it is of.
 *
 * @param path the file
 * @param step steps done, at least 0
 * @param last whether it is the last one of a run that has ended
 */
record CheckpointFile(Path path, long step, boolean last) {
  private static final Pattern NAME = Pattern.compile("(checkpoint|finished)-(\\d{8,18})\\.safetensors");
  private static final String STEP = "step";
  private static final String RUN = "run";

  /** The place of a step's checkpoint. */
  static CheckpointFile of(Path folder, long step) {
    return new CheckpointFile(folder.resolve(String.format("checkpoint-%08d.safetensors", step)), step, false);
  }

  /** Its place once the run has ended. */
  CheckpointFile finished() {
    return new CheckpointFile(path.resolveSibling(String.format("finished-%08d.safetensors", step)), step, true);
  }

  /** A file as a checkpoint, if it is named like one. */
  static Optional<CheckpointFile> named(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    return matcher.matches() ? Optional.of(new CheckpointFile(file, Long.parseLong(matcher.group(2)),
        matcher.group(1).equals("finished"))) : Optional.empty();
  }

  /**
   * Writes it, whole or not at all.
   *
   * @param run what identifies the run
   * @param tensors the live tensors by name
   * @throws FileFault when it cannot be written
   */
  void write(String run, Map<String, NDArray> tensors) {
    List<TensorDeclaration> declarations = new ArrayList<>();
    tensors.forEach((name, tensor) -> declarations.add(StoredTensors.declare(name, tensor)));
    SealedFile.write(path, declarations, Map.of(STEP, Long.toString(step), RUN, run));
  }

  /**
   * Opens it once all of it is known to be as it was written.
   *
   * @throws FileFault naming the file and what is wrong with it
   */
  SafetensorsFile open() {
    SafetensorsFile file = SafetensorsFile.open(path);
    try {
      SealedFile.check(file);
      String written = file.metadata().get(STEP);
      if (!Long.toString(step).equals(written)) {
        throw new FileFault(path, "is the checkpoint of step " + written + " under the name of another");
      }
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Whether an open checkpoint is of a run. */
  static boolean isOf(SafetensorsFile file, String run) {
    return run.equals(file.metadata().get(RUN));
  }
}
