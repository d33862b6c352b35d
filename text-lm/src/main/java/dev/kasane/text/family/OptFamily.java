package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.text.model.Activation;
import dev.kasane.text.model.AttentionConfig;
import dev.kasane.text.model.AttentionConfig.Heads;
import dev.kasane.text.model.AttentionConfig.Layout;
import dev.kasane.text.model.AttentionConfig.Projections;
import dev.kasane.text.model.BlockOrder;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DecoderConfig.Head;
import dev.kasane.text.model.DecoderConfig.Layers;
import dev.kasane.text.model.DecoderConfig.Tokens;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.model.DecoderNames.Part;
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
  private static final DecoderNames NAMES = DecoderNames.none()
      .with(Part.TOKENS, "model.decoder.embed_tokens")
      .with(Part.POSITIONS, "model.decoder.embed_positions")
      .with(Part.PROJECT_IN, "model.decoder.project_in")
      .with(Part.PROJECT_OUT, "model.decoder.project_out")
      .with(Part.LAYERS, "model.decoder.layers")
      .with(Part.NORM, "model.decoder.final_layer_norm")
      .with(Part.HEAD, "lm_head")
      .with(Part.QUERY, "self_attn.q_proj")
      .with(Part.KEY, "self_attn.k_proj")
      .with(Part.VALUE, "self_attn.v_proj")
      .with(Part.OUTPUT, "self_attn.out_proj")
      .with(Part.UP, "fc1")
      .with(Part.DOWN, "fc2")
      .with(Part.ATTENTION_NORM, "self_attn_layer_norm")
      .with(Part.FEED_FORWARD_NORM, "final_layer_norm");

  @Override
  public List<String> architectures() {
    return List.of("OPTForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("opt");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    json.refuseUnless("layer_norm_elementwise_affine", true);
    int width = json.integer("hidden_size");
    int layers = json.integer("num_hidden_layers");
    int heads = json.integer("num_attention_heads");
    int headWidth = LlamaLike.headWidth(json, width, heads);
    boolean bias = json.flag("enable_bias", true);
    boolean before = json.flag("do_layer_norm_before", true);
    return new DecoderConfig("opt", NAMES,
        new Tokens(json.integer("vocab_size"), json.integer("word_embed_proj_dim", width)), width,
        new Layers(layers, before ? BlockOrder.BEFORE : BlockOrder.AFTER),
        AttentionConfig.of(new Heads(heads, heads, headWidth),
            new Projections(Layout.SEPARATE, bias, bias), Collections.nCopies(layers, 0)),
        new FeedForwardConfig(json.integer("ffn_dim"),
            Activation.named(json.text("activation_function", "relu"), json.origin()), false, bias),
        new NormConfig(NormConfig.Kind.LAYER, EPSILON),
        new PositionConfig.Learned(json.integer("max_position_embeddings", 2048), FIRST_POSITION),
        new Head(before && !json.flag("_remove_final_layer_norm", false), json.flag("tie_word_embeddings", true), 0),
        new DropoutRates(0, json.probability("attention_dropout", 0), json.probability("dropout", 0.1)));
  }
}
