package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Causal attention of one layer, with one, few or many heads of keys. */
final class SelfAttention {
  private final List<Linear> inputs = new ArrayList<>();
  private final Linear output;
  private final AttentionConfig config;
  private final int layer;

  /** Makes the projections and places them in the layer's tree. */
  SelfAttention(ModuleTree tree, DecoderConfig decoder, int layer) {
    this.config = decoder.attention();
    this.layer = layer;
    DecoderNames.Layer names = decoder.names().layer();
    if (config.layout() == AttentionConfig.Layout.SEPARATE) {
      inputs.add(input(tree, names.query(), decoder.width(), config.queryWidth()));
      inputs.add(input(tree, names.key(), decoder.width(), config.keyWidth()));
      inputs.add(input(tree, names.value(), decoder.width(), config.keyWidth()));
    } else {
      inputs.add(input(tree, names.query(), decoder.width(), config.queryWidth() + 2 * config.keyWidth()));
    }
    output = tree.place(names.output(), new Linear(config.queryWidth(), decoder.width(), config.outputBias()));
  }

  /** Query, key, value and output; one joined projection stands where the query would, with nothing behind it. */
  List<Linear> projections() {
    return inputs.size() == 1 ? Arrays.asList(inputs.get(0), null, null, output)
        : List.of(inputs.get(0), inputs.get(1), inputs.get(2), output);
  }

  private Linear input(ModuleTree tree, String name, int width, int outputs) {
    return tree.place(name, new Linear(width, outputs, config.inputBias()));
  }

  /** Attention among the tokens given; a weight of it is left out with probability {@code dropout}. */
  NDArray forward(NDArray x, LayerInput input, double dropout) {
    return forward(x, projections -> TextOps.attention(projections, input, config, layer, dropout));
  }

  /** Attention to what a cache holds and the tokens given, which it gets. */
  NDArray forward(NDArray x, LayerInput input, LayerCache cache) {
    return forward(x, projections -> TextOps.attention(projections, input, cache, config, layer));
  }

  private NDArray forward(NDArray x, Function<List<NDArray>, NDArray> attention) {
    List<NDArray> projections = inputs.stream().map(each -> each.forward(x)).toList();
    NDArray mixed = attention.apply(projections);
    projections.forEach(NDArray::close);
    try (mixed) {
      return output.forward(mixed);
    }
  }
}
