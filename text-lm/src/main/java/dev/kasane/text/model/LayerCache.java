package dev.kasane.text.model;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.text.model.TextOps.TEXT;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Keys and values of one layer for the tokens so far, in memory that is allocated once.
 *
 * <p>A layer with a sliding window keeps room for twice the window: when that is full, the tokens that later
 * queries can still see move to the front.
 */
final class LayerCache {
  private final NDArray keys;
  private final NDArray values;
  private final int capacity;
  private final int window;
  private int first;
  private int length;

  /**
   * @param rows rows of the batch
   * @param tokens the longest text
   * @param window how many tokens back a query sees, 0 for all
   */
  LayerCache(AttentionConfig config, int rows, int tokens, int window, DataType type, NDManager owner) {
    this.window = window;
    this.capacity = window == 0 ? tokens : Math.min(tokens, 2 * window);
    Shape shape = new Shape(rows, config.heads().keyValues(), capacity, config.heads().width());
    this.keys = zeros(shape, type, owner);
    this.values = zeros(shape, type, owner);
  }

  private static NDArray zeros(Shape shape, DataType type, NDManager owner) {
    NDArray zeros = owner.zeros(shape, DataType.FLOAT32);
    if (type == DataType.FLOAT32) {
      return zeros;
    }
    try (zeros) {
      return OPS.cast(zeros, type);
    }
  }

  /** Makes room for more tokens. */
  void reserve(int tokens) {
    if (length + tokens <= capacity) {
      return;
    }
    int kept = Math.min(length, window - 1);
    if (window == 0 || kept + tokens > capacity) {
      throw new IllegalStateException(tokens + " tokens do not fit a cache of " + capacity
          + " that holds " + length);
    }
    if (kept > 0) {
      TEXT.shift(keys, length, kept);
      TEXT.shift(values, length, kept);
    }
    first += length - kept;
    length = kept;
  }

  /** Counts tokens whose keys and values have been written. */
  void advance(int tokens) {
    length += tokens;
  }

  /** (batch, key heads, capacity, head width). */
  NDArray keys() {
    return keys;
  }

  NDArray values() {
    return values;
  }

  /** How many tokens it holds. */
  int length() {
    return length;
  }

  /** Which token of the text the first one held is. */
  int first() {
    return first;
  }

  /** How many tokens back a query sees, 0 for all. */
  int window() {
    return window;
  }
}
