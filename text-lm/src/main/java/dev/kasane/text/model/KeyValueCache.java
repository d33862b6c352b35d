package dev.kasane.text.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;

/**
 * What a model remembers of a batch of texts while it continues them: keys and values of every layer, which
 * tokens are padding, and each row's position. Its memory is allocated at once.
 */
public final class KeyValueCache implements AutoCloseable {
  private final List<LayerCache> layers;
  private final int rows;
  private final int capacity;
  private final int chunk;
  private final long[] segments;
  private final long[] nextPosition;
  private final NDManager scope;
  private int length;
  private boolean padded;

  KeyValueCache(AttentionConfig config, int rows, int capacity, DataType type, NDManager parent) {
    this.scope = parent.newSubManager();
    this.rows = rows;
    this.capacity = capacity;
    this.layers = config.windows().stream()
        .map(window -> new LayerCache(config, rows, capacity, window, type, scope)).toList();
    this.chunk = config.windows().stream().filter(window -> window > 0).mapToInt(Integer::intValue).min()
        .orElse(capacity);
    this.segments = new long[rows * capacity];
    this.nextPosition = new long[rows];
  }

  /** How many tokens of each row it holds, padding included. */
  public int length() {
    return length;
  }

  /** How many tokens of each row fit. */
  public int capacity() {
    return capacity;
  }

  /** How many tokens of each row a model takes at once: with a sliding window no more than that. */
  public int chunk() {
    return chunk;
  }

  /** Makes room and takes note of new tokens' segments and positions; returns the positions. */
  long[] accept(TokenBatch batch) {
    requireFit(batch);
    layers.forEach(layer -> layer.reserve(batch.length()));
    padded |= batch.isSegmented();
    long[] positions = new long[batch.rows() * batch.length()];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < batch.length(); i++) {
        int at = row * batch.length() + i;
        long segment = batch.segment(at);
        segments[row * capacity + length + i] = segment;
        positions[at] = segment == 0 ? 0 : nextPosition[row]++;
      }
    }
    return positions;
  }

  private void requireFit(TokenBatch batch) {
    if (batch.rows() != rows || batch.length() > chunk || length + batch.length() > capacity) {
      throw new IllegalArgumentException(batch.rows() + " rows of " + batch.length()
          + " tokens for a cache of " + rows + " rows that holds " + length + " of " + capacity
          + " tokens and takes " + chunk + " at once");
    }
  }

  /** The segments of the tokens that a layer's keys will be of, new ones included, (rows · keys). */
  long[] keySegments(LayerCache layer, int tokens) {
    int keys = layer.length() + tokens;
    long[] part = new long[rows * keys];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(segments, row * capacity + layer.first(), part, row * keys, keys);
    }
    return part;
  }

  /** Whether any token so far was padding. */
  boolean isPadded() {
    return padded;
  }

  LayerCache layer(int number) {
    return layers.get(number);
  }

  List<LayerCache> layers() {
    return layers;
  }

  void advance(int tokens) {
    layers.forEach(layer -> layer.advance(tokens));
    length += tokens;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    scope.close();
  }
}
