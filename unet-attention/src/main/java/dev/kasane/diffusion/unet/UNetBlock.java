package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.Module;

/** The residual blocks and transformers of one resolution, on the way down, at the bottom or on the way up. */
final class UNetBlock extends Module {
  private final Blocks<SpatialTransformer> attentions;
  private final Blocks<ResnetBlock> resnets;
  private Conv2d downsampler;
  private Conv2d upsampler;

  private UNetBlock(boolean attention) {
    attentions = attention ? child("attentions", new Blocks<>()) : null;
    resnets = child("resnets", new Blocks<>());
  }

  static UNetBlock down(UNetConfig config, int level) {
    int channels = config.levels().get(level).channels();
    int inputs = config.levels().get(Math.max(0, level - 1)).channels();
    UNetBlock block = new UNetBlock(config.levels().get(level).downAttention());
    for (int i = 0; i < config.layersPerBlock(); i++) {
      block.addLayer(config, i == 0 ? inputs : channels, channels, level);
    }
    if (level < config.downsamplings()) {
      block.downsampler = block.sampler("downsamplers", channels, 2);
    }
    return block;
  }

  static UNetBlock middle(UNetConfig config) {
    int level = config.downsamplings();
    int channels = config.levels().get(level).channels();
    UNetBlock block = new UNetBlock(true);
    block.addLayer(config, channels, channels, level);
    block.resnets.add(resnet(config, channels, channels));
    return block;
  }

  static UNetBlock up(UNetConfig config, int position) {
    int last = config.downsamplings();
    int level = last - position;
    int channels = config.levels().get(level).channels();
    int before = config.levels().get(Math.min(last, level + 1)).channels();
    int skipEnd = config.levels().get(Math.max(0, level - 1)).channels();
    UNetBlock block = new UNetBlock(config.levels().get(level).upAttention());
    for (int i = 0; i <= config.layersPerBlock(); i++) {
      int skip = i == config.layersPerBlock() ? skipEnd : channels;
      block.addLayer(config, (i == 0 ? before : channels) + skip, channels, level);
    }
    if (level > 0) {
      block.upsampler = block.sampler("upsamplers", channels, 1);
    }
    return block;
  }

  private void addLayer(UNetConfig config, int inputs, int channels, int level) {
    resnets.add(resnet(config, inputs, channels));
    if (attentions != null) {
      attentions.add(new SpatialTransformer(config, level));
    }
  }

  private static ResnetBlock resnet(UNetConfig config, int inputs, int channels) {
    return new ResnetBlock(inputs, channels, config.timeWidth(), config.norms().groups(),
        config.norms().epsilon());
  }

  private Conv2d sampler(String name, int channels, int stride) {
    Conv2d conv = new Conv2d(channels, channels, 3, stride, 1);
    child(name, new Blocks<Module>().add(new Sampler(conv)));
    return conv;
  }

  int layers() {
    return resnets.size();
  }

  /** One residual block and, where the block has attention, the transformer after it. */
  NDArray layer(int index, NDArray x, UNetState state) {
    NDArray hidden = resnets.get(index).forward(x, state.time());
    boolean attended = attentions != null && index < attentions.size();
    if (!attended) {
      return hidden;
    }
    try (hidden) {
      return attentions.get(index).forward(hidden, state.context());
    }
  }

  boolean downsamples() {
    return downsampler != null;
  }

  boolean upsamples() {
    return upsampler != null;
  }

  NDArray downsample(NDArray x) {
    return downsampler.forward(x);
  }

  NDArray upsample(NDArray x, long height, long width) {
    try (NDArray larger = OPS.upsampleNearest(x, height, width)) {
      return upsampler.forward(larger);
    }
  }

  /** The convolution of a resampling, which the reference keeps one level deeper. */
  private static final class Sampler extends Module {
    Sampler(Conv2d conv) {
      child("conv", conv);
    }
  }
}
