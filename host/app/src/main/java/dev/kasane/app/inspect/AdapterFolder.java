package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the weights in a folder of an adapter. */
public final class AdapterFolder {
  private static final List<String> WEIGHTS = List.of("adapter_model.safetensors", "adapter_model.bin",
      "pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin", "adapter_model.safetensors.index.json",
      "adapter_model.bin.index.json");

  private static final Pattern PART = Pattern.compile("adapter_model\\b.*");

  private static final List<String> PARTS = List.of("unet", "text_encoder", "text_encoder_2", "model");

  private AdapterFolder() {}

  /**
   * The file itself, or the weights that PEFT or diffusers saved in a folder; of weights in several parts their index.
   *
   * @throws UserException when there is no such file or index, or none in the folder
   * @throws IOException when the folder cannot be listed
   */
  public static Path weights(Path named) throws IOException {
    if (!Files.exists(named)) {
      throw new UserException(named + ": no such file.");
    }
    if (!Files.isDirectory(named)) {
      return TensorSources.whole(named);
    }
    for (String name : WEIGHTS) {
      if (Files.isRegularFile(named.resolve(name))) {
        return named.resolve(name);
      }
    }
    requireNoPart(named);
    throw new UserException(named + " is a folder without " + String.join(", ", WEIGHTS)
        + ". Name a file, or the folder of a PEFT adapter." + inner(named));
  }

  /** Where the index alone is missing, that is what there is to say. */
  private static void requireNoPart(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      children.sorted().forEach(TensorSources::whole);
    }
  }

  /** The folder that a user named, or that a file belongs to by its name; nothing for a file that stands alone. */
  public static Optional<Path> of(Path named) {
    return Files.isDirectory(named) ? Optional.of(named)
        : Optional.of(named.toAbsolutePath()).filter(file -> PART.matcher(file.getFileName().toString()).matches())
            .map(Path::getParent);
  }

  /** The configuration beside an adapter's weights, if there is one. */
  public static Optional<Path> configuration(Path weights) {
    return Optional.of(weights.resolveSibling(PeftConfigValues.NAME)).filter(Files::isRegularFile);
  }

  /**
   * The same, but of a folder of adapters of several parts of a model it is the first part's.
   *
   * @throws UserException as {@link #weights}
   * @throws IOException as {@link #weights}
   */
  public static Path anyWeights(Path named) throws IOException {
    if (Files.isDirectory(named) && WEIGHTS.stream().noneMatch(each -> Files.exists(named.resolve(each)))) {
      for (String part : PARTS) {
        if (Files.isDirectory(named.resolve(part))) {
          return weights(named.resolve(part));
        }
      }
    }
    return weights(named);
  }

  /** PEFT saves an adapter that has a name of its own one level deeper. */
  private static String inner(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      String found = children.filter(each -> Files.isRegularFile(each.resolve(PeftConfigValues.NAME)))
          .sorted().map(Path::toString).collect(Collectors.joining(", "));
      return found.isEmpty() ? "" : " There are adapters in " + found + ".";
    }
  }
}
