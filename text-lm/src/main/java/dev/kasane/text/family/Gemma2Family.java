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
import java.util.stream.IntStream;

/** Gemma 2 (Gemma Team 2024): norms around every part, capped scores, a window in every other layer. */
final class Gemma2Family implements Family {
  private static final DecoderNames NAMES = LlamaLike.NAMES
      .with(Part.ATTENTION_OUT_NORM, "post_attention_layernorm")
      .with(Part.FEED_FORWARD_NORM, "pre_feedforward_layernorm")
      .with(Part.FEED_FORWARD_OUT_NORM, "post_feedforward_layernorm");

  @Override
  public List<String> architectures() {
    return List.of("Gemma2ForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gemma2");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    json.refuseUnless("use_bidirectional_attention", false);
    int width = json.integer("hidden_size");
    AttentionConfig attention = attention(json);
    String activation = json.text("hidden_activation", json.text("hidden_act", "gelu_pytorch_tanh"));
    return new DecoderConfig("gemma2", NAMES, new Tokens(json.integer("vocab_size"), width, Math.sqrt(width)), width,
        new Layers(json.integer("num_hidden_layers"), BlockOrder.AROUND), attention,
        new FeedForwardConfig(json.integer("intermediate_size"),
            Activation.named(activation, json.origin()), true, false),
        new NormConfig(NormConfig.Kind.RMS_FROM_ONE, json.positive("rms_norm_eps", 1e-6)),
        new Rotary(json, 8192).whole(attention.heads().width()),
        new Head(true, json.flag("tie_word_embeddings", true), json.number("final_logit_softcapping", 0)),
        DropoutRates.ofAttention(json.probability("attention_dropout", 0)));
  }

  private static AttentionConfig attention(ModelConfig json) {
    int heads = json.integer("num_attention_heads");
    int keyValueHeads = json.integer("num_key_value_heads", heads);
    LlamaLike.requireGroups(json, heads, keyValueHeads);
    boolean bias = json.flag("attention_bias", false);
    int window = json.has("sliding_window") ? json.integer("sliding_window") : 0;
    List<String> types = json.texts("layer_types");
    List<Integer> windows = IntStream.range(0, json.integer("num_hidden_layers"))
        .mapToObj(layer -> LayerTypes.isWindowed(types, layer, layer % 2 == 0) ? window : 0).toList();
    double scale = 1 / Math.sqrt(json.positive("query_pre_attn_scalar", 256));
    return new AttentionConfig(new Heads(heads, keyValueHeads, json.integer("head_dim", 256)),
        new Projections(Layout.SEPARATE, bias, bias), Collections.nCopies(windows.size(), scale),
        json.number("attn_logit_softcapping", 0), windows);
  }
}
