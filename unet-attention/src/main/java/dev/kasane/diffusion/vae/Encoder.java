package dev.kasane.diffusion.vae;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Module;
import java.util.List;

/** Picture → moments of the latents. */
final class Encoder extends Module {
  private final Conv2d convIn;
  private final Blocks<VaeBlock> blocks;
  private final VaeBlock middle;
  private final GroupNorm normOut;
  private final Conv2d convOut;

  Encoder(VaeConfig config) {
    List<Integer> channels = config.blockOutChannels();
    int groups = config.normGroups();
    convIn = child("conv_in", new Conv2d(config.inChannels(), channels.get(0), 3, 1, 1));
    blocks = child("down_blocks", new Blocks<>());
    for (int i = 0; i < channels.size(); i++) {
      VaeBlock block =
          VaeBlock.of(channels.get(Math.max(0, i - 1)), channels.get(i), config.layersPerBlock(), groups);
      blocks.add(i < channels.size() - 1 ? block.downsampling(channels.get(i)) : block);
    }
    int last = channels.get(channels.size() - 1);
    middle = child("mid_block", VaeBlock.middle(last, groups));
    normOut = child("conv_norm_out", new GroupNorm(groups, last, VaeBlock.EPSILON));
    convOut = child("conv_out", new Conv2d(last, config.latentChannels() * 2L, 3, 1, 1));
  }

  NDArray forward(NDArray picture) {
    NDArray hidden = convIn.forward(picture);
    for (VaeBlock block : blocks.list()) {
      try (NDArray before = hidden) {
        hidden = block.forward(before);
      }
    }
    try (NDArray last = hidden;
        NDArray mixed = middle.forward(last);
        NDArray activated = normOut.forwardSilu(mixed)) {
      return convOut.forward(activated);
    }
  }
}
