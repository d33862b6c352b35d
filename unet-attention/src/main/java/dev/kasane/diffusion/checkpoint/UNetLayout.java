package dev.kasane.diffusion.checkpoint;

import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.unet.UNetConfig.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the numbered blocks of a U-Net in original names fall into diffusers' blocks.
 *
 * <p>The original counts every layer: {@code input_blocks.0} is the first convolution, then each resolution
 * has {@code layersPerBlock} residual blocks and, but for the last, one downsampling. {@code output_blocks}
 * has {@code layersPerBlock + 1} at each resolution; the upsampling is the last thing in the last of them.
 *
 * @param layersPerBlock residual blocks of a down block
 * @param downAttention whether a down block has cross-attention, from fine to coarse
 * @param upAttention whether an up block has cross-attention, from coarse to fine
 */
record UNetLayout(int layersPerBlock, List<Boolean> downAttention, List<Boolean> upAttention) {
  /** What a configuration says. */
  static UNetLayout of(UNetConfig config) {
    List<Level> levels = config.levels();
    return new UNetLayout(config.layersPerBlock(), levels.stream().map(Level::downAttention).toList(),
        IntStream.rangeClosed(1, levels.size()).mapToObj(at -> levels.get(levels.size() - at).upAttention()).toList());
  }

  /** What the names in a checkpoint say. */
  static UNetLayout of(Section unet) {
    int inputs = unet.count("input_blocks");
    int stride = 1;
    while (stride < inputs && !unet.has("input_blocks." + stride + ".0.op.weight")) {
      stride++;
    }
    List<Boolean> down = new ArrayList<>();
    List<Boolean> up = new ArrayList<>();
    for (int first = 0; first < inputs; first += stride) {
      down.add(unet.has("input_blocks." + (first + 1) + ".1.proj_in.weight"));
      up.add(unet.has("output_blocks." + first + ".1.proj_in.weight"));
    }
    return new UNetLayout(stride - 1, List.copyOf(down), List.copyOf(up));
  }

  /** Number of resolutions. */
  int blocks() {
    return downAttention.size();
  }

  /** Layers that the original counts at each resolution. */
  int stride() {
    return layersPerBlock + 1;
  }
}
