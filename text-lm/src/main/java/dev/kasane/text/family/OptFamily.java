package dev.kasane.text.family;

import dev.kasane.text.model.Activation;
import dev.kasane.text.model.AttentionConfig;
import dev.kasane.text.model.BlockOrder;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.model.DropoutRates;
import dev.kasane.text.model.FeedForwardConfig;
import dev.kasane.text.model.NormConfig;
import dev.kasane.text.model.PositionConfig;
import java.util.Collections;
import java.util.List;

/** OPT (Zhang et al. 2022): learned positions from row 2 on, normalised before or after each part. */
final class OptFamily implements Family {
  private static final int FIRST_POSITION = 2;
  private static final double EPSILON = 1e-5;
  private static final DecoderNames NAMES = new DecoderNames("model.decoder.embed_tokens",
      "model.decoder.embed_positions", "model.decoder.project_in", "model.decoder.project_out",
      "model.decoder.layers", "model.decoder.final_layer_norm", "lm_head",
      new DecoderNames.Layer("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj",
          null, "fc1", "fc2", "self_attn_layer_norm", null, "final_layer_norm", null),
      false);

  @Override
  public List<String> architectures() {
    return List.of("OPTForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("opt");
  }

  @Override
  public DecoderConfig read(ConfigReader json) {
    json.refuseUnless("layer_norm_elementwise_affine", true);
    int width = json.integer("hidden_size");
    int layers = json.integer("num_hidden_layers");
    int heads = json.integer("num_attention_heads");
    int headWidth = LlamaLike.headWidth(json, width, heads);
    boolean bias = json.flag("enable_bias", true);
    boolean before = json.flag("do_layer_norm_before", true);
    return new DecoderConfig("opt", NAMES, json.integer("vocab_size"), width,
        json.integer("word_embed_proj_dim", width), layers,
        new AttentionConfig(heads, heads, headWidth, AttentionConfig.Layout.SEPARATE, bias, bias,
            Collections.nCopies(layers, 1 / Math.sqrt(headWidth)), 0, Collections.nCopies(layers, 0)),
        new FeedForwardConfig(json.integer("ffn_dim"),
            Activation.named(json.text("activation_function", "relu"), json.origin()), false, bias),
        new NormConfig(NormConfig.Kind.LAYER, EPSILON), before ? BlockOrder.BEFORE : BlockOrder.AFTER,
        before && !json.flag("_remove_final_layer_norm", false),
        new PositionConfig.Learned(json.integer("max_position_embeddings", 2048), FIRST_POSITION), 1,
        json.flag("tie_word_embeddings", true), 0,
        new DropoutRates(0, json.probability("attention_dropout", 0), json.probability("dropout", 0.1)));
  }
}
