package dev.kasane.app.algebra;

import dev.kasane.app.base.ModelFamilies;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.WeightFolder;
import java.nio.file.Path;
import java.util.Optional;

/** Opens base models of any kind for their layers. */
public final class Bases {
  private Bases() {}

  /**
   * Opens a model of any family, or any file or folder whose tensors are named after layers.
   *
   * @throws dev.kasane.core.UserException when it is missing, damaged or no model
   */
  public static CheckpointLayers open(Path root) {
    return ModelFamilies.all().stream().map(family -> family.layers(root)).flatMap(Optional::stream).findFirst()
        .orElseGet(() -> WeightFolder.open(root));
  }
}
