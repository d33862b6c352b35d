package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.core.UserException;
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

/**
 * What Llama and those after its pattern share: the keys of the configuration, and the names.
 *
 * @param name the family's name
 * @param inputBias whether queries, keys and values have biases
 * @param outputBias whether the attention's output has
 * @param windows for each layer the attention's window, 0 for none
 */
record LlamaLike(String name, boolean inputBias, boolean outputBias, List<Integer> windows) {
  static final DecoderNames NAMES = DecoderNames.none()
      .with(Part.TOKENS, "model.embed_tokens")
      .with(Part.LAYERS, "model.layers")
      .with(Part.NORM, "model.norm")
      .with(Part.HEAD, "lm_head")
      .with(Part.QUERY, "self_attn.q_proj")
      .with(Part.KEY, "self_attn.k_proj")
      .with(Part.VALUE, "self_attn.v_proj")
      .with(Part.OUTPUT, "self_attn.o_proj")
      .with(Part.GATE, "mlp.gate_proj")
      .with(Part.UP, "mlp.up_proj")
      .with(Part.DOWN, "mlp.down_proj")
      .with(Part.ATTENTION_NORM, "input_layernorm")
      .with(Part.FEED_FORWARD_NORM, "post_attention_layernorm");

  /** No layer has a window. */
  static List<Integer> noWindows(ModelConfig json) {
    return Collections.nCopies(json.integer("num_hidden_layers"), 0);
  }

  DecoderConfig read(ModelConfig json) {
    int width = json.integer("hidden_size");
    AttentionConfig attention = attention(json, width);
    return new DecoderConfig(name, NAMES, new Tokens(json.integer("vocab_size"), width), width,
        new Layers(json.integer("num_hidden_layers"), BlockOrder.BEFORE), attention,
        new FeedForwardConfig(json.integer("intermediate_size"),
            Activation.named(json.text("hidden_act", "silu"), json.origin()), true, json.flag("mlp_bias", false)),
        new NormConfig(NormConfig.Kind.RMS, json.positive("rms_norm_eps", 1e-6)),
        new Rotary(json, 2048).whole(attention.heads().width()),
        new Head(true, json.flag("tie_word_embeddings", false), 0),
        DropoutRates.ofAttention(json.probability("attention_dropout", 0)));
  }

  private AttentionConfig attention(ModelConfig json, int width) {
    int heads = json.integer("num_attention_heads");
    int keyValueHeads = json.integer("num_key_value_heads", heads);
    int headWidth = headWidth(json, width, heads);
    requireGroups(json, heads, keyValueHeads);
    return AttentionConfig.of(new Heads(heads, keyValueHeads, headWidth),
        new Projections(Layout.SEPARATE, inputBias, outputBias), windows);
  }

  static int headWidth(ModelConfig json, int width, int heads) {
    if (!json.has("head_dim") && width % heads != 0) {
      throw new UserException(json.origin() + ": a width of " + width + " cannot be split into " + heads
          + " heads.");
    }
    return json.integer("head_dim", Math.max(1, width / heads));
  }

  static void requireGroups(ModelConfig json, int heads, int keyValueHeads) {
    if (heads % keyValueHeads != 0) {
      throw new UserException(json.origin() + ": num_key_value_heads is " + keyValueHeads
          + ", expected a divisor of the " + heads + " attention heads.");
    }
  }
}
