package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.TensorTransform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The weights in a folder as Hugging Face's libraries save them, of one model or of a part of one. */
public final class WeightFolder {
  /** The component under which a model of a single part is listed. */
  public static final String COMPONENT = "model";

  private static final String STEM = "(diffusion_pytorch_model|model|pytorch_model)";
  /** From the preferred to the last resort. */
  private static final List<Pattern> KINDS = List.of(
      Pattern.compile(STEM + "\\.safetensors"),
      Pattern.compile(STEM + "\\.safetensors\\.index\\.json"),
      Pattern.compile(STEM + "\\.\\w+\\.safetensors"),
      Pattern.compile(STEM + "\\.safetensors\\.index\\.\\w+\\.json"),
      Pattern.compile(STEM + "\\.bin"),
      Pattern.compile(STEM + "\\.bin\\.index\\.json"));

  private WeightFolder() {}

  /**
   * The file with the weights, or the index of several: safetensors before pickles, one file before several,
   * the full edition before a variant.
   */
  public static Optional<Path> find(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> sorted = files.sorted(Comparator.comparing(Path::toString)).toList();
      return KINDS.stream().flatMap(kind -> sorted.stream()
          .filter(file -> kind.matcher(file.getFileName().toString()).matches())).findFirst();
    } catch (IOException e) {
      throw new UserException(folder + " cannot be listed: " + e + ". Check that you may read it.", e);
    }
  }

  /**
   * Opens a model whose tensors are named after its layers, as language models' are: a folder, or one file.
   *
   * @throws UserException when there are no weights, or they are damaged
   */
  public static CheckpointLayers open(Path root) {
    Path file = Files.isDirectory(root) ? find(root).orElseThrow(() -> new UserException("The folder " + root
        + " holds no weights: neither model.safetensors nor an index of several files, and no diffusers model"
        + " either.")) : root;
    StoredLayers layers = new StoredLayers();
    try (TensorSource source = TensorSources.open(file)) {
      layers.add(COMPONENT, source, "",
          name -> List.of(new StoredLayers.Place(name, new TensorTransform.Identity())));
    }
    if (layers.isEmpty()) {
      throw new UserException(file + " has no tensor that is a layer's weight: it is no model.");
    }
    return layers.at(root);
  }
}
