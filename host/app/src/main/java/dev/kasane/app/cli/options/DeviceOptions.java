package dev.kasane.app.cli.options;

import dev.kasane.app.base.DeviceWish;
import dev.kasane.app.recipe.RecipeKey;
import picocli.CommandLine.Option;

/** Where a run computes; use it as a mixin. */
public final class DeviceOptions {
  @RecipeKey
  @Option(names = "--device", paramLabel = "KIND", converter = Words.Wish.class, defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N: where to compute (default: ${DEFAULT-VALUE}, an NVIDIA GPU where one"
          + " can be used, otherwise the CPU). 'kasane gpu install' fetches what a GPU needs.")
  private DeviceWish device;

  @RecipeKey
  @Option(names = "--offload",
      description = "On a GPU, keep the base's dense linear layers and convolutions in the host's memory, pinned, and"
          + " copy each to the GPU ahead of its use: for bases that do not fit into it. Training then wants"
          + " --gradient-checkpointing.")
  private boolean offload;

  /** Where the user wants to compute. */
  public DeviceWish wish() {
    return offload ? device.offloading() : device;
  }
}
