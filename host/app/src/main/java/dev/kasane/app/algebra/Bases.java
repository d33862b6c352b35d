package dev.kasane.app.algebra;

import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.diffusion.checkpoint.BaseLayers;
import java.nio.file.Path;

/** Opens base models of any kind for their layers. */
public final class Bases {
  private Bases() {}

  /**
   * Opens a Stable Diffusion model in any layout, or a folder or file with the weights of a language model.
   *
   * @throws dev.kasane.core.UserException when it is missing, damaged or no model
   */
  public static CheckpointLayers open(Path root) {
    return BaseLayers.open(root).orElseGet(() -> WeightFolder.open(root));
  }
}
