package dev.kasane.text.model;

import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Linear;
import dev.kasane.text.model.DecoderNames.Part;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/** Causal attention of one layer, with one, few or many heads of keys. */
final class SelfAttention {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final AttentionShape shape;

  /** Makes the projections and places them in the layer's tree. */
  SelfAttention(ModuleTree tree, DecoderConfig decoder, int layer) {
    AttentionConfig config = decoder.attention();
    DecoderNames names = decoder.names();
    shape = config.shape(layer);
    boolean separate = config.projections().layout() == AttentionConfig.Layout.SEPARATE;
    int width = decoder.width();
    int queries = separate ? config.queryWidth() : config.queryWidth() + 2 * config.keyWidth();
    query = tree.place(names.of(Part.QUERY), new Linear(width, queries, config.projections().inputBias()));
    Function<Part, Linear> placed =
        part -> tree.place(names.of(part), new Linear(width, config.keyWidth(), config.projections().inputBias()));
    key = separate ? placed.apply(Part.KEY) : null;
    value = separate ? placed.apply(Part.VALUE) : null;
    output = tree.place(names.of(Part.OUTPUT),
        new Linear(config.queryWidth(), width, config.projections().outputBias()));
  }

  /** The query's projection, or that of query, key and value where there is one for all. */
  Linear query() {
    return query;
  }

  /** The key's projection, or null. */
  Linear key() {
    return key;
  }

  /** The value's projection, or null. */
  Linear value() {
    return value;
  }

  /** The projection of what the heads have found. */
  Linear output() {
    return output;
  }

  /** The shape that the operators take. */
  AttentionShape shape() {
    return shape;
  }

  /** Attention among the tokens given; a weight of it is left out with probability {@code dropout}. */
  NDArray forward(NDArray x, LayerInput input, double dropout) {
    return forward(x, projections -> TEXT.attention(x.getManager(), projections, input, shape, dropout));
  }

  /** Attention to what a cache holds and the tokens given, which it gets. */
  NDArray forward(NDArray x, LayerInput input, LayerCache cache) {
    return forward(x, projections -> TEXT.cachedAttention(
        x.getManager(), projections, input, cache.keys(), cache.values(), cache.length(), shape));
  }

  private NDArray forward(NDArray x, Function<List<NDArray>, NDArray> attention) {
    List<NDArray> projections =
        Stream.of(query, key, value).filter(Objects::nonNull).map(each -> each.forward(x)).toList();
    NDArray mixed = attention.apply(projections);
    projections.forEach(NDArray::close);
    try (mixed) {
      return output.forward(mixed);
    }
  }
}
