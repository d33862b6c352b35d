package dev.kasane.quant.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.quant.LinearNames;
import dev.kasane.quant.QuantisationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Quantises a model on disk: a folder of transformers or diffusers, or a single file of weights.
 *
 * @param settings how
 * @param skips dotted names, or parts of them, of layers that stay dense
 */
public record ModelQuantisation(QuantisationSettings settings, List<String> skips) {
  /** What the names of a U-Net begin with in a single file of Stable Diffusion. */
  private static final String UNET = "model.diffusion_model.";

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
      throw new UserException(out + " could not be written: " + e + ".", e);
    }
  }

  private QuantisedFile.Summary file(Path base, Path out, Consumer<String> listener) {
    try (TensorSource source = TensorSources.open(base)) {
      // Of an image model in one file its U-Net, as of a pipeline's folder.
      boolean image = source.names().stream().anyMatch(name -> name.startsWith(UNET));
      return QuantisedFile.write(source, out, settings,
          name -> (!image || name.startsWith(UNET)) && isChosen(source, name), listener);
    }
  }

  private boolean isChosen(TensorSource source, String name) {
    return source.dtype(name).isFloatingPoint() && LinearNames.isLinear(name, source.shape(name), skips);
  }

  private QuantisedFile.Summary folder(Path base, Path out, Consumer<String> listener) throws IOException {
    ModelFolder model = ModelFolder.find(base);
    byte[] config = model.config(settings, skips);
    Path place = out.toAbsolutePath().normalize();
    Path temporary = place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try (TensorSource source = TensorSources.open(model.weights())) {
      Files.createDirectories(temporary);
      model.copyRest(base, temporary);
      Path target = temporary.resolve(base.relativize(model.folder()).toString());
      QuantisedFile.Summary summary = QuantisedFile.write(model.oriented(source, name -> isChosen(source, name)),
          target.resolve(model.quantisedName()), settings, name -> isChosen(source, name), listener);
      Files.write(target.resolve("config.json"), config);
      Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
      return summary;
    } finally {
      remove(temporary);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
