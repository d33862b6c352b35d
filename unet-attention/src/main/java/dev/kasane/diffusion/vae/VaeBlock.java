package dev.kasane.diffusion.vae;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.unet.ResnetBlock;

/** The residual blocks of one resolution of the encoder or decoder, with the resampling after them. */
final class VaeBlock extends Module {
  static final double EPSILON = 1e-6;

  private final Blocks<ResnetBlock> resnets = child("resnets", new Blocks<>());
  private SpatialAttention attention;
  private Conv2d downsampler;
  private Conv2d upsampler;

  static VaeBlock of(int inputs, int channels, int layers, int groups) {
    VaeBlock block = new VaeBlock();
    for (int i = 0; i < layers; i++) {
      block.resnets.add(new ResnetBlock(i == 0 ? inputs : channels, channels, 0, groups, EPSILON));
    }
    return block;
  }

  static VaeBlock middle(int channels, int groups) {
    VaeBlock block = of(channels, channels, 2, groups);
    block.attention = new SpatialAttention(channels, groups);
    block.child("attentions", new Blocks<SpatialAttention>().add(block.attention));
    return block;
  }

  VaeBlock downsampling(int channels) {
    downsampler = sampler("downsamplers", new Conv2d(channels, channels, 3, 2, 0));
    return this;
  }

  VaeBlock upsampling(int channels) {
    upsampler = sampler("upsamplers", new Conv2d(channels, channels, 3, 1, 1));
    return this;
  }

  private Conv2d sampler(String name, Conv2d conv) {
    child(name, new Blocks<Module>().add(new Sampler(conv)));
    return conv;
  }

  NDArray forward(NDArray x) {
    NDArray hidden = resnets.get(0).forward(x, null);
    if (attention != null) {
      try (NDArray before = hidden) {
        hidden = attention.forward(before);
      }
    }
    for (int i = 1; i < resnets.size(); i++) {
      try (NDArray before = hidden) {
        hidden = resnets.get(i).forward(before, null);
      }
    }
    return downsampler == null && upsampler == null ? hidden : resampled(hidden);
  }

  private NDArray resampled(NDArray hidden) {
    try (NDArray framed = framed(hidden)) {
      return (downsampler == null ? upsampler : downsampler).forward(framed);
    }
  }

  /** What the convolution of a resampling gets, in the place of {@code hidden}. */
  private NDArray framed(NDArray hidden) {
    try (hidden) {
      Shape shape = hidden.getShape();
      // The reference pads only at the right and the bottom on the way down.
      return downsampler == null
          ? OPS.upsampleNearest(hidden, shape.get(2) * 2, shape.get(3) * 2)
          : OPS.padRightBottom(hidden);
    }
  }

  private static final class Sampler extends Module {
    Sampler(Conv2d conv) {
      child("conv", conv);
    }
  }
}
