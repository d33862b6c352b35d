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
import java.util.Collections;
import java.util.List;

/** GPT-NeoX (Black et al. 2022): Pythia, open-calm, rinna's models. A part of each head turns. */
final class GptNeoxFamily implements Family {
  private static final DecoderNames NAMES = DecoderNames.none()
      .with(Part.TOKENS, "gpt_neox.embed_in")
      .with(Part.LAYERS, "gpt_neox.layers")
      .with(Part.NORM, "gpt_neox.final_layer_norm")
      .with(Part.HEAD, "embed_out")
      .with(Part.QUERY, "attention.query_key_value")
      .with(Part.OUTPUT, "attention.dense")
      .with(Part.UP, "mlp.dense_h_to_4h")
      .with(Part.DOWN, "mlp.dense_4h_to_h")
      .with(Part.ATTENTION_NORM, "input_layernorm")
      .with(Part.FEED_FORWARD_NORM, "post_attention_layernorm");

  @Override
  public List<String> architectures() {
    return List.of("GPTNeoXForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt_neox");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    int width = json.integer("hidden_size");
    int layers = json.integer("num_hidden_layers");
    int heads = json.integer("num_attention_heads");
    int headWidth = LlamaLike.headWidth(json, width, heads);
    boolean bias = json.flag("attention_bias", true);
    double hidden = json.probability("hidden_dropout", 0);
    double share = json.object("rope_parameters")
        .positive("partial_rotary_factor", json.positive("rotary_pct", 0.25));
    BlockOrder order = json.flag("use_parallel_residual", true) ? BlockOrder.PARALLEL : BlockOrder.BEFORE;
    return new DecoderConfig("gpt_neox", NAMES, new Tokens(json.integer("vocab_size"), width), width,
        new Layers(layers, order),
        AttentionConfig.of(new Heads(heads, heads, headWidth),
            new Projections(Layout.JOINED_BY_HEAD, bias, bias), Collections.nCopies(layers, 0)),
        new FeedForwardConfig(json.integer("intermediate_size"),
            Activation.named(json.text("hidden_act", "gelu"), json.origin()), false, true),
        new NormConfig(NormConfig.Kind.LAYER, json.positive("layer_norm_eps", 1e-5)),
        new Rotary(json, 2048).part(headWidth, "rotary_emb_base", share),
        new Head(true, json.flag("tie_word_embeddings", false), 0),
        new DropoutRates(hidden, json.probability("attention_dropout", 0), hidden));
  }
}
