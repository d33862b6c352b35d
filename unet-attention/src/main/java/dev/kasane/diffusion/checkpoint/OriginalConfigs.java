package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.diffusion.scheduler.PredictionType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Works out the configurations of a single file: what the shapes of its tensors tell, on top of what all
 * models of a generation share (resources {@code sd1.json}, {@code sd2.json}).
 *
 * <p>Two settings leave no trace in shapes. Attention heads: 8 in version 1, one for 64 channels in
 * version 2, and 64 wide in the text encoders of both. Groups of the normalisations: 32, or for
 * narrower experiments the largest power of two that divides every width. A model that differs needs its
 * configurations in a folder.
 */
final class OriginalConfigs {
  static final String CLIP = "cond_stage_model.transformer.";
  static final String OPEN_CLIP = "cond_stage_model.model.";
  private static final int HEAD_WIDTH = 64;
  private static final int MOST_GROUPS = 32;

  private final TensorSource source;
  private final KnownBase kind;
  private final PredictionType predictionType;
  private final ObjectNode builtIn;

  OriginalConfigs(TensorSource source, KnownBase kind, PredictionType predictionType) {
    this.source = source;
    this.kind = kind;
    this.predictionType = predictionType;
    this.builtIn = ConfigJson.resource(kind.id() + ".json");
  }

  JsonNode of(BasePart part) {
    return switch (part) {
      case UNET -> unet();
      case VAE -> vae();
      case TEXT_ENCODER -> textEncoder();
    };
  }

  /** The noise schedule's settings, diffusers keys. */
  JsonNode scheduler() {
    return shared("scheduler").put("prediction_type", predictionType.configName());
  }

  private ObjectNode shared(String name) {
    return builtIn.withObject("/" + name).deepCopy();
  }

  private ObjectNode unet() {
    Section unet = new Section(source, BasePart.UNET.originalPrefix());
    UNetLayout layout = UNetLayout.of(unet);
    List<Integer> channels = numbers(layout.blocks(), block ->
        unet.outputs("input_blocks." + (layout.stride() * block + 1) + ".0.out_layers.3.weight"));
    ObjectNode config = shared("unet")
        .put("in_channels", unet.inputs("input_blocks.0.0.weight"))
        .put("out_channels", unet.outputs("out.2.weight"))
        .put("layers_per_block", layout.layersPerBlock())
        .put("cross_attention_dim", unet.inputs("middle_block.1.transformer_blocks.0.attn2.to_k.weight"))
        .put("use_linear_projection", unet.shape("middle_block.1.proj_in.weight").dimension() == 2)
        .put("norm_num_groups", groups(channels));
    put(config, "block_out_channels", channels);
    types(config, "down_block_types", layout.downAttention(), "DownBlock2D");
    types(config, "up_block_types", layout.upAttention(), "UpBlock2D");
    if (kind == KnownBase.SD2) {
      put(config, "attention_head_dim", channels.stream().map(OriginalConfigs::heads).toList());
      config.put("sample_size", predictionType == PredictionType.V_PREDICTION ? 96 : 64);
    }
    return config;
  }

  private ObjectNode vae() {
    Section vae = new Section(source, BasePart.VAE.originalPrefix());
    List<Integer> channels = numbers(vae.count("encoder.down"), level ->
        vae.outputs("encoder.down." + level + ".block.0.conv2.weight"));
    ObjectNode config = shared("vae")
        .put("in_channels", vae.inputs("encoder.conv_in.weight"))
        .put("out_channels", vae.outputs("decoder.conv_out.weight"))
        .put("latent_channels", vae.inputs("decoder.conv_in.weight"))
        .put("layers_per_block", vae.count("encoder.down.0.block"))
        .put("norm_num_groups", groups(channels));
    put(config, "block_out_channels", channels);
    fill(config, "down_block_types", "DownEncoderBlock2D", channels.size());
    fill(config, "up_block_types", "UpDecoderBlock2D", channels.size());
    return config;
  }

  /** The names of the file's autoencoder. */
  VaeNames vaeNames() {
    Section vae = new Section(source, BasePart.VAE.originalPrefix());
    return VaeNames.of(vae.count("encoder.down"), vae.count("encoder.down.0.block"));
  }

  private ObjectNode textEncoder() {
    Section open = new Section(source, OPEN_CLIP);
    if (!open.isEmpty()) {
      // The U-Net listens to the last block but one.
      int layers = open.count("transformer.resblocks") - 1;
      return textEncoder(open, "token_embedding.weight", "positional_embedding",
          "transformer.resblocks.0.mlp.c_fc.weight", layers);
    }
    Section clip = new Section(source, CLIP);
    String root = clip.has("text_model.final_layer_norm.weight") ? "text_model." : "";
    return textEncoder(clip, root + "embeddings.token_embedding.weight",
        root + "embeddings.position_embedding.weight", root + "encoder.layers.0.mlp.fc1.weight",
        clip.count(root + "encoder.layers"));
  }

  private ObjectNode textEncoder(Section section, String tokens, String positions, String feedForward,
      int layers) {
    int width = section.inputs(tokens);
    return shared("text_encoder")
        .put("vocab_size", section.outputs(tokens))
        .put("hidden_size", width)
        .put("intermediate_size", section.outputs(feedForward))
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", heads(width))
        .put("max_position_embeddings", section.outputs(positions));
  }

  private static int heads(int width) {
    return Math.max(1, width / HEAD_WIDTH);
  }

  private static int groups(List<Integer> channels) {
    int groups = MOST_GROUPS;
    for (int width : channels) {
      groups = Math.min(groups, Integer.lowestOneBit(width));
    }
    return Math.max(1, groups);
  }

  private static List<Integer> numbers(int count, IntFunction<Integer> number) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(number.apply(i));
    }
    return numbers;
  }

  private static void put(ObjectNode config, String key, List<Integer> numbers) {
    ArrayNode list = config.putArray(key);
    numbers.forEach(list::add);
  }

  private static void types(ObjectNode config, String key, List<Boolean> attention, String plain) {
    ArrayNode list = config.putArray(key);
    attention.forEach(each -> list.add(each ? "CrossAttn" + plain : plain));
  }

  private static void fill(ObjectNode config, String key, String type, int count) {
    ArrayNode list = config.putArray(key);
    for (int i = 0; i < count; i++) {
      list.add(type);
    }
  }
}
