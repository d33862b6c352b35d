package dev.kasane.diffusion.vae;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Module;
import java.util.List;

/** Latents → picture. */
final class Decoder extends Module {
  private final Conv2d convIn;
  private final VaeBlock middle;
  private final Blocks<VaeBlock> blocks;
  private final GroupNorm normOut;
  private final Conv2d convOut;

  Decoder(VaeConfig config) {
    List<Integer> channels = config.blockOutChannels();
    int groups = config.normGroups();
    int last = channels.size() - 1;
    convIn = child("conv_in", new Conv2d(config.latentChannels(), channels.get(last), 3, 1, 1));
    blocks = child("up_blocks", new Blocks<>());
    for (int i = 0; i <= last; i++) {
      int inputs = channels.get(Math.min(last, last - i + 1));
      int outputs = channels.get(last - i);
      VaeBlock block = VaeBlock.of(inputs, outputs, config.layersPerBlock() + 1, groups);
      blocks.add(i < last ? block.upsampling(outputs) : block);
    }
    middle = child("mid_block", VaeBlock.middle(channels.get(last), groups));
    normOut = child("conv_norm_out", new GroupNorm(groups, channels.get(0), VaeBlock.EPSILON));
    convOut = child("conv_out", new Conv2d(channels.get(0), config.outChannels(), 3, 1, 1));
  }

  NDArray forward(NDArray latents) {
    NDArray hidden;
    try (NDArray entered = convIn.forward(latents)) {
      hidden = middle.forward(entered);
    }
    for (VaeBlock block : blocks.list()) {
      try (NDArray before = hidden) {
        hidden = block.forward(before);
      }
    }
    try (NDArray last = hidden; NDArray activated = normOut.forwardSilu(last)) {
      return convOut.forward(activated);
    }
  }
}
