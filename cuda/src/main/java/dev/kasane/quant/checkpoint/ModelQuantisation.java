package dev.kasane.quant.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.ModelParts;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.quant.LinearNames;
import dev.kasane.quant.QuantisationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Quantises a model on disk: a folder of transformers or diffusers, or a single file of weights.
 *
 * @param settings how
 * @param skips dotted names, or parts of them, of layers that stay dense
 * @param mainPart what the names begin with, of all in a single file, that may be quantised
 */
public record ModelQuantisation(
    QuantisationSettings settings, List<String> skips, Function<Set<String>, String> mainPart) {
  /**
   * Writes the quantised model.
   *
   * @param base a folder, or a file of tensors
   * @param out a folder that does not exist yet, or for a file the safetensors file to write
   * @param listener told the name of a tensor whenever it is quantised
   * @throws UserException when the base is none, is quantised already or has weights that are not finite, or the
   *     output exists or cannot be written
   */
  public QuantisedFile.Summary run(Path base, Path out, Consumer<String> listener) {
    if (!Files.exists(base)) {
      throw new UserException("There is no file or folder " + base + ".");
    }
    if (Files.exists(out)) {
      throw new UserException(out + " exists. Name another place, or remove it first.");
    }
    try {
      return Files.isDirectory(base) ? folder(base, out, listener) : file(base, out, listener);
    } catch (IOException e) {
      throw new UserException(out + " could not be written: " + FileFaults.reason(e)
          + ". Nothing was left behind; mend that, or name another place.", e);
    }
  }

  private QuantisedFile.Summary file(Path base, Path out, Consumer<String> listener) {
    try (TensorSource source = TensorSources.open(base)) {
      String part = mainPart.apply(source.names());
      return QuantisedFile.write(source, out, settings,
          name -> name.startsWith(part) && isChosen(source, name), listener);
    }
  }

  private boolean isChosen(TensorSource source, String name) {
    return source.dtype(name).isFloatingPoint() && LinearNames.isLinear(name, source.shape(name), skips);
  }

  private QuantisedFile.Summary folder(Path base, Path out, Consumer<String> listener) throws IOException {
    ModelFolder model = ModelFolder.find(base);
    byte[] config = model.config(settings, skips);
    try (TensorSource source = TensorSources.open(model.weights()); PendingFolder pending = PendingFolder.beside(out)) {
      model.copyRest(base, pending.path());
      Path target = pending.path().resolve(base.relativize(model.folder()).toString());
      QuantisedFile.Summary summary = QuantisedFile.write(model.oriented(source, name -> isChosen(source, name)),
          target.resolve(model.quantisedName()), settings, name -> isChosen(source, name), listener);
      PendingFile.replace(target.resolve("config.json"), config);
      requireOpens(base, pending.path());
      pending.moveIntoPlace();
      return summary;
    }
  }

  /** Opens the result once, headers and configurations. */
  private static void requireOpens(Path base, Path result) throws IOException {
    ModelParts.requireSame(base, result);
    ModelFolder made = ModelFolder.find(result);
    made.requireQuantised();
    TensorSources.open(made.weights(), BitsandbytesSource::of).close();
  }
}
