package dev.kasane.diffusion.unet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.diffusion.config.ModelConfig;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The shape of a U-Net as its {@code config.json} says (diffusers' {@code UNet2DConditionModel}).
 *
 * @param inChannels channels of the latents that come in
 * @param outChannels channels of the prediction
 * @param sampleSize side of the latents that it was trained for
 * @param blockOutChannels channels of each resolution, from fine to coarse
 * @param downAttention whether a down block has cross-attention
 * @param upAttention whether an up block has cross-attention
 * @param layersPerBlock residual blocks of a down block; an up block has one more
 * @param heads number of attention heads at each resolution
 * @param crossAttentionWidth width of the text encoder's output
 * @param normGroups groups of each group normalisation
 * @param normEpsilon epsilon of the residual blocks' normalisations
 * @param linearProjection whether a transformer's way in and out is linear rather than a 1×1 convolution
 * @param flipSinToCos whether the timestep embedding has its cosines first
 * @param frequencyShift shift in the timestep embedding's frequencies
 * @param transformerDepths blocks of each transformer at each resolution; where there is no attention the
 *     entry means nothing
 * @param added what the U-Net reads beside picture, timestep and text tokens, as SDXL does
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    int sampleSize,
    List<Integer> blockOutChannels,
    List<Boolean> downAttention,
    List<Boolean> upAttention,
    int layersPerBlock,
    List<Integer> heads,
    int crossAttentionWidth,
    int normGroups,
    double normEpsilon,
    boolean linearProjection,
    boolean flipSinToCos,
    double frequencyShift,
    List<Integer> transformerDepths,
    Optional<AddedConditions> added) {

  /**
   * Conditions that are added to the embedded timestep ({@code addition_embed_type} {@code text_time};
   * Podell et al. 2023, section 2.2): the pooled text and six numbers, the picture's original size, the
   * corner of its crop and the size that is asked for.
   *
   * @param numberWidth width of the sinusoids of one number
   * @param inputWidth width of pooled text and all sinusoids together
   */
  public record AddedConditions(int numberWidth, int inputWidth) {}

  /** A U-Net of Stable Diffusion 1.x or 2.x: transformers of one block, nothing added. */
  public UNetConfig(int inChannels, int outChannels, int sampleSize, List<Integer> blockOutChannels,
      List<Boolean> downAttention, List<Boolean> upAttention, int layersPerBlock, List<Integer> heads,
      int crossAttentionWidth, int normGroups, double normEpsilon, boolean linearProjection,
      boolean flipSinToCos, double frequencyShift) {
    this(inChannels, outChannels, sampleSize, blockOutChannels, downAttention, upAttention, layersPerBlock,
        heads, crossAttentionWidth, normGroups, normEpsilon, linearProjection, flipSinToCos, frequencyShift,
        Collections.nCopies(blockOutChannels.size(), 1), Optional.empty());
  }

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
    return new UNetConfig(
        config.integer("in_channels", 4),
        config.integer("out_channels", 4),
        config.integer("sample_size", 64),
        channels,
        attention(config, "down_block_types", "CrossAttnDownBlock2D", "DownBlock2D", channels.size()),
        attention(config, "up_block_types", "CrossAttnUpBlock2D", "UpBlock2D", channels.size()),
        config.integer("layers_per_block", 2),
        heads,
        config.integer("cross_attention_dim", 1280),
        groups,
        config.number("norm_eps", 1e-5),
        config.flag("use_linear_projection", false),
        config.flag("flip_sin_to_cos", true),
        config.number("freq_shift", 0),
        config.integerOrList("transformer_layers_per_block", 1, channels.size()),
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

  private static List<Boolean> attention(
      ModelConfig config, String key, String with, String without, int count) {
    return config.choices(key, List.of(with, without), count).stream().map(with::equals).toList();
  }

  /** Width of the embedded timestep. */
  public int timeWidth() {
    return blockOutChannels.get(0) * 4;
  }

  /** How many times the resolution is halved. */
  public int downsamplings() {
    return blockOutChannels.size() - 1;
  }
}
