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
import java.util.stream.IntStream;

/** GPT-2 (Radford et al. 2019): learned positions, matrices stored as (in, out). */
final class Gpt2Family implements Family {
  private static final DecoderNames NAMES = DecoderNames.none()
      .with(Part.TOKENS, "transformer.wte")
      .with(Part.POSITIONS, "transformer.wpe")
      .with(Part.LAYERS, "transformer.h")
      .with(Part.NORM, "transformer.ln_f")
      .with(Part.HEAD, "lm_head")
      .with(Part.QUERY, "attn.c_attn")
      .with(Part.OUTPUT, "attn.c_proj")
      .with(Part.UP, "mlp.c_fc")
      .with(Part.DOWN, "mlp.c_proj")
      .with(Part.ATTENTION_NORM, "ln_1")
      .with(Part.FEED_FORWARD_NORM, "ln_2")
      .withTransposedMatrices();

  @Override
  public List<String> architectures() {
    return List.of("GPT2LMHeadModel");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt2");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    json.refuseUnless("add_cross_attention", false);
    int width = json.integer("n_embd", 768);
    int layers = json.integer("n_layer", 12);
    return new DecoderConfig("gpt2", NAMES, new Tokens(json.integer("vocab_size"), width), width,
        new Layers(layers, BlockOrder.BEFORE),
        attention(json, width, layers),
        new FeedForwardConfig(json.integer("n_inner", 4 * width),
            Activation.named(json.text("activation_function", "gelu_new"), json.origin()), false, true),
        new NormConfig(NormConfig.Kind.LAYER, json.positive("layer_norm_epsilon", 1e-5)),
        new PositionConfig.Learned(json.integer("n_positions", 1024), 0),
        new Head(true, json.flag("tie_word_embeddings", true), 0),
        new DropoutRates(json.probability("embd_pdrop", 0.1), json.probability("attn_pdrop", 0.1),
            json.probability("resid_pdrop", 0.1)));
  }

  private static AttentionConfig attention(ModelConfig json, int width, int layers) {
    int heads = json.integer("n_head", 12);
    int headWidth = LlamaLike.headWidth(json, width, heads);
    double scale = json.flag("scale_attn_weights", true) ? 1 / Math.sqrt(headWidth) : 1;
    boolean byLayer = json.flag("scale_attn_by_inverse_layer_idx", false);
    List<Double> scales =
        IntStream.range(0, layers).mapToObj(layer -> byLayer ? scale / (layer + 1) : scale).toList();
    return new AttentionConfig(new Heads(heads, heads, headWidth), new Projections(Layout.JOINED, true, true), scales,
        0, Collections.nCopies(layers, 0));
  }
}
