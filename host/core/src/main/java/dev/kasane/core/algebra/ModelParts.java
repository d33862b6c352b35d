package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The parts of a model on disk, such as a U-Net and an autoencoder: the folder itself and those in it with weights. */
public final class ModelParts {
  private ModelParts() {}

  /**
   * Opens what a model became, headers only: every part that the model has must be there with all its tensors.
   *
   * @param result what was made of it; tensors may have been added
   * @throws UserException when a part or a tensor is missing, or cannot be opened
   */
  public static void requireSame(Path model, Path result) throws IOException {
    try (Stream<Path> inside = Files.list(model)) {
      for (Path part : Stream.concat(Stream.of(model), inside.filter(Files::isDirectory).sorted()).toList()) {
        Optional<Path> weights = WeightFolder.find(part);
        if (weights.isPresent()) {
          requireSame(part, weights.get(), result.resolve(model.relativize(part).toString()));
        }
      }
    }
  }

  private static void requireSame(Path part, Path weights, Path result) {
    Set<String> wanted = readable(weights);
    if (wanted.isEmpty()) {
      return;
    }
    Path made = WeightFolder.find(result).orElseThrow(() -> new UserException("The new model was not written: its part "
        + part.getFileName() + " has no weights, unlike that of " + part + "."));
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(names(made));
    if (!missing.isEmpty()) {
      throw new UserException("The new model was not written: its part " + part.getFileName() + " lacks "
          + missing.size() + " of the tensors in " + weights + ", such as " + missing.iterator().next() + ".");
    }
  }

  /** Nothing of what is of no kind that is read here, such as a pickle with objects in it: it was copied as it is. */
  private static Set<String> readable(Path weights) {
    try {
      return names(weights);
    } catch (UserException unread) {
      return Set.of();
    }
  }

  private static Set<String> names(Path weights) {
    try (TensorSource source = TensorSources.open(weights)) {
      return new HashSet<>(source.names());
    }
  }
}
