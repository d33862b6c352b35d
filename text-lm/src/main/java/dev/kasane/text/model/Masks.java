package dev.kasane.text.model;

import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Decides which masks a pass needs and makes them: most passes need none. */
record Masks(AttentionConfig config) {
  /** The mask of a pass without a cache; nothing where a query sees every key up to itself. */
  NDArray whole(TokenBatch batch, int window, NDManager scope) {
    int tokens = batch.length();
    boolean cut = window > 0 && tokens > window;
    if (!batch.isSegmented() && !cut && (config.softCap() == 0 || tokens == 1)) {
      return TextOps.absent(scope);
    }
    try (NDArray segments = segments(batch, scope)) {
      return TEXT.mask(segments, segments, 0, window);
    }
  }

  /** The mask for new tokens behind those of a layer's cache. */
  NDArray continued(TokenBatch batch, KeyValueCache cache, LayerCache layer, NDManager scope) {
    int tokens = batch.length();
    int keys = layer.length() + tokens;
    boolean cut = layer.window() > 0 && keys > layer.window();
    boolean behind = tokens > 1 && (layer.length() > 0 || config.softCap() > 0);
    if (!cache.isPadded() && !cut && !behind) {
      return TextOps.absent(scope);
    }
    try (NDArray queries = segments(batch, scope);
        NDArray known = scope.create(cache.keySegments(layer, tokens), new Shape(batch.rows(), keys))) {
      return TEXT.mask(queries, known, layer.length(), layer.window());
    }
  }

  private static NDArray segments(TokenBatch batch, NDManager scope) {
    long[] segments = new long[batch.rows() * batch.length()];
    for (int at = 0; at < segments.length; at++) {
      segments[at] = batch.segment(at);
    }
    return scope.create(segments, new Shape(batch.rows(), batch.length()));
  }
}
