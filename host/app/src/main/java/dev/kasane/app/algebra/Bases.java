package dev.kasane.app.algebra;

import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.diffusion.checkpoint.BaseLayers;
import dev.kasane.text.checkpoint.TextLayers;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens base models of any kind for their layers. */
public final class Bases {
  /** Says which family of language models a folder holds, and so how its files name and turn the weights. */
  private static final String CONFIG = "config.json";

  private Bases() {}

  /**
   * Opens a Stable Diffusion model in any layout, a language model's folder, or any file or folder whose tensors
   * are named after layers.
   *
   * @throws dev.kasane.core.UserException when it is missing, damaged or no model
   */
  public static CheckpointLayers open(Path root) {
    return BaseLayers.open(root).orElseGet(() -> Files.isRegularFile(root.resolve(CONFIG))
        ? TextLayers.open(root) : WeightFolder.open(root));
  }
}
