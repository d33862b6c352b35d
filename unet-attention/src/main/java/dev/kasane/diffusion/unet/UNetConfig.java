package dev.kasane.diffusion.unet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelConfig;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The shape of a U-Net as its {@code config.json} says (diffusers' {@code UNet2DConditionModel}).
 *
 * @param latents what comes in and goes out
 * @param levels the resolutions, from fine to coarse
 * @param layersPerBlock residual blocks of a down block; an up block has one more
 * @param crossAttentionWidth width of the text encoder's output
 * @param norms the normalisations in groups
 * @param linearProjection whether a transformer's way in and out is linear rather than a 1×1 convolution
 * @param sinusoids how numbers are embedded
 * @param added what the U-Net reads beside picture, timestep and text tokens, as SDXL does
 */
public record UNetConfig(Latents latents, List<Level> levels, int layersPerBlock, int crossAttentionWidth, Norms norms,
    boolean linearProjection, Sinusoids sinusoids, Optional<AddedConditions> added) {

  private static final List<String> DOWN_BLOCKS = List.of("CrossAttnDownBlock2D", "DownBlock2D");
  private static final List<String> UP_BLOCKS = List.of("CrossAttnUpBlock2D", "UpBlock2D");

  /**
   * What comes in and goes out.
   *
   * @param inChannels channels of the latents that come in
   * @param outChannels channels of the prediction
   * @param side side of the latents that it was trained for
   */
  public record Latents(int inChannels, int outChannels, int side) {}

  /**
   * A resolution.
   *
   * @param channels its channels
   * @param heads attention heads
   * @param transformerDepth blocks of each transformer; where there is no attention it means nothing
   * @param downAttention whether the block on the way down has cross-attention
   * @param upAttention whether the block on the way up has it
   */
  public record Level(int channels, int heads, int transformerDepth, boolean downAttention, boolean upAttention) {}

  /**
   * The normalisations in groups.
   *
   * @param groups groups of each
   * @param epsilon epsilon in the residual blocks
   */
  public record Norms(int groups, double epsilon) {}

  /**
   * How numbers are embedded.
   *
   * @param cosinesFirst whether the cosines come before the sines
   * @param frequencyShift shift in the frequencies
   */
  public record Sinusoids(boolean cosinesFirst, double frequencyShift) {}

  /**
   * Conditions that are added to the embedded timestep ({@code addition_embed_type} {@code text_time};
   * Podell et al. 2023, section 2.2): the pooled text and six numbers, the picture's original size, the
   * corner of its crop and the size that is asked for.
   *
   * @param numberWidth width of the sinusoids of one number
   * @param inputWidth width of pooled text and all sinusoids together
   */
  public record AddedConditions(int numberWidth, int inputWidth) {}

  /**
   * Reads a configuration.
   *
   * @param json the content of {@code config.json}
   * @param origin the file, for messages
   * @throws dev.kasane.core.UserException when it describes a U-Net that this engine does not build
   */
  public static UNetConfig of(JsonNode json, String origin) {
    ModelConfig config = new ModelConfig(json, origin);
    config.requireClass("UNet2DConditionModel");
    config.refuseUnless("act_fn", "silu");
    config.refuseUnless("mid_block_type", "UNetMidBlock2DCrossAttn");
    config.refuseUnlessAbsent("class_embed_type", "num_class_embeds", "encoder_hid_dim",
        "time_cond_proj_dim", "dual_cross_attention", "only_cross_attention",
        "reverse_transformer_layers_per_block");
    List<Integer> channels = config.integers("block_out_channels");
    List<Integer> heads = config.integerOrList("attention_head_dim", 8, channels.size());
    int groups = config.integer("norm_num_groups", 32);
    config.requireSplit(channels, "attention_head_dim", heads);
    config.requireSplit(channels, "norm_num_groups", Collections.nCopies(channels.size(), groups));
    List<Integer> depths = config.integerOrList("transformer_layers_per_block", 1, channels.size());
    List<String> down = config.choices("down_block_types", DOWN_BLOCKS, channels.size());
    List<String> up = config.choices("up_block_types", UP_BLOCKS, channels.size());
    List<Level> levels = IntStream.range(0, channels.size()).mapToObj(level -> new Level(channels.get(level),
        heads.get(level), depths.get(level), down.get(level).equals(DOWN_BLOCKS.get(0)),
        up.get(channels.size() - 1 - level).equals(UP_BLOCKS.get(0)))).toList();
    return new UNetConfig(
        new Latents(config.integer("in_channels", 4), config.integer("out_channels", 4),
            config.integer("sample_size", 64)),
        levels,
        config.integer("layers_per_block", 2),
        config.integer("cross_attention_dim", 1280),
        new Norms(groups, config.number("norm_eps", 1e-5)),
        config.flag("use_linear_projection", false),
        new Sinusoids(config.flag("flip_sin_to_cos", true), config.number("freq_shift", 0)),
        added(config));
  }

  private static Optional<AddedConditions> added(ModelConfig config) {
    if (config.text("addition_embed_type", "").isEmpty()) {
      return Optional.empty();
    }
    config.refuseUnless("addition_embed_type", "text_time");
    return Optional.of(new AddedConditions(
        config.integer("addition_time_embed_dim", 256),
        config.integer("projection_class_embeddings_input_dim", 2816)));
  }

  /** Width of the embedded timestep. */
  public int timeWidth() {
    return levels.get(0).channels() * 4;
  }

  /** How many times the resolution is halved. */
  public int downsamplings() {
    return levels.size() - 1;
  }
}
