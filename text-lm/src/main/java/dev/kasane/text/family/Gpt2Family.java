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
import java.util.stream.IntStream;

/** GPT-2 (Radford et al. 2019): learned positions, matrices stored as (in, out). */
final class Gpt2Family implements Family {
  private static final DecoderNames NAMES = new DecoderNames("transformer.wte", "transformer.wpe", null, null,
      "transformer.h", "transformer.ln_f", "lm_head",
      new DecoderNames.Layer("attn.c_attn", null, null, "attn.c_proj", null, "mlp.c_fc", "mlp.c_proj", "ln_1",
          null, "ln_2", null),
      true);

  @Override
  public List<String> architectures() {
    return List.of("GPT2LMHeadModel");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("gpt2");
  }

  @Override
  public DecoderConfig read(ConfigReader json) {
    json.refuseUnless("add_cross_attention", false);
    int width = json.integer("n_embd", 768);
    int layers = json.integer("n_layer", 12);
    return new DecoderConfig("gpt2", NAMES, json.integer("vocab_size"), width, width, layers,
        attention(json, width, layers),
        new FeedForwardConfig(json.integer("n_inner", 4 * width),
            Activation.named(json.text("activation_function", "gelu_new"), json.origin()), false, true),
        new NormConfig(NormConfig.Kind.LAYER, json.positive("layer_norm_epsilon", 1e-5)), BlockOrder.BEFORE,
        true, new PositionConfig.Learned(json.integer("n_positions", 1024), 0), 1,
        json.flag("tie_word_embeddings", true), 0,
        new DropoutRates(json.probability("embd_pdrop", 0.1), json.probability("attn_pdrop", 0.1),
            json.probability("resid_pdrop", 0.1)));
  }

  private static AttentionConfig attention(ConfigReader json, int width, int layers) {
    int heads = json.integer("n_head", 12);
    int headWidth = LlamaLike.headWidth(json, width, heads);
    double scale = json.flag("scale_attn_weights", true) ? 1 / Math.sqrt(headWidth) : 1;
    boolean byLayer = json.flag("scale_attn_by_inverse_layer_idx", false);
    List<Double> scales =
        IntStream.range(0, layers).mapToObj(layer -> byLayer ? scale / (layer + 1) : scale).toList();
    return new AttentionConfig(heads, heads, headWidth, AttentionConfig.Layout.JOINED, true, true, scales, 0,
        Collections.nCopies(layers, 0));
  }
}
