package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the tensors in what a user named: a file, or the folder of a PEFT adapter. */
public final class AdapterFolder {
  private static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin");
  /** Adapters of a whole pipeline lie in folders named after its parts. */
  private static final List<String> PARTS = List.of("unet", "text_encoder", "text_encoder_2", "model");

  private AdapterFolder() {}

  /**
   * The file of tensors; of several parts the first one's, which tells as much of the base as any.
   *
   * @param named a file, which is returned as it is whether it exists or not, or a folder
   * @throws UserException when a folder holds no adapter
   */
  public static Path weights(Path named) {
    return !Files.isDirectory(named) ? named
        : inside(named).or(() -> parts(named).flatMap(part -> inside(part).stream()).findFirst())
            .orElseThrow(() -> noAdapter(named));
  }

  /**
   * The file of tensors where there is but one.
   *
   * @throws UserException when a folder holds no adapter, or several
   */
  static Path onlyWeights(Path named) {
    if (Files.isDirectory(named) && inside(named).isEmpty()) {
      List<String> parts = parts(named).filter(part -> inside(part).isPresent()).map(Path::toString).toList();
      if (parts.size() > 1) {
        throw new UserException(named + " holds the adapters of " + parts.size() + " models. Name one of "
            + String.join(", ", parts) + ".");
      }
    }
    return weights(named);
  }

  private static Optional<Path> inside(Path folder) {
    return WEIGHTS.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }

  private static Stream<Path> parts(Path folder) {
    return PARTS.stream().map(folder::resolve);
  }

  private static UserException noAdapter(Path named) {
    return new UserException(named + " is a folder without " + WEIGHTS.get(0) + ". Name a file, or the folder"
        + " of a PEFT adapter.");
  }
}
