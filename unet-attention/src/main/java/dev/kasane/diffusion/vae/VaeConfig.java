package dev.kasane.diffusion.vae;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelConfig;
import java.util.Collections;
import java.util.List;

/**
 * The shape of a variational autoencoder as its {@code config.json} says (diffusers' {@code AutoencoderKL}).
 *
 * @param inChannels channels of a picture
 * @param outChannels channels of a decoded picture
 * @param latentChannels channels of the latents
 * @param blockOutChannels channels of each resolution, from fine to coarse
 * @param layersPerBlock residual blocks of an encoder block; a decoder block has one more
 * @param normGroups groups of each group normalisation
 * @param scalingFactor what latents are multiplied by before the U-Net sees them
 */
public record VaeConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int normGroups,
    double scalingFactor) {

  /**
   * Reads a configuration.
   *
   * @param json the content of {@code config.json}
   * @param origin the file, for messages
   * @throws dev.kasane.core.UserException when it describes an autoencoder that this engine does not build
   */
  public static VaeConfig of(JsonNode json, String origin) {
    ModelConfig config = new ModelConfig(json, origin);
    config.requireClass("AutoencoderKL");
    config.refuseUnless("act_fn", "silu");
    config.refuseUnlessAbsent("shift_factor", "latents_mean", "latents_std");
    List<Integer> channels = config.integers("block_out_channels");
    config.choices("down_block_types", List.of("DownEncoderBlock2D"), channels.size());
    config.choices("up_block_types", List.of("UpDecoderBlock2D"), channels.size());
    int groups = config.integer("norm_num_groups", 32);
    config.requireSplit(channels, "norm_num_groups", Collections.nCopies(channels.size(), groups));
    return new VaeConfig(
        config.integer("in_channels", 3),
        config.integer("out_channels", 3),
        config.integer("latent_channels", 4),
        channels,
        config.integer("layers_per_block", 1),
        groups,
        config.number("scaling_factor", 0.18215));
  }

  /** Picture size over latent size. */
  public int reduction() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
