package dev.kasane.text.model;

import java.util.Arrays;
import java.util.List;

/**
 * Token ids in rows of one length, with the segment that each belongs to.
 *
 * <p>Segment 0 is padding; tokens see earlier tokens of their own segment only, and positions begin anew with
 * every segment. So one row can hold several texts that know nothing of one another.
 */
public final class TokenBatch {
  private final int rows;
  private final int length;
  private final long[] ids;
  private final long[] segments;

  /** On which side shorter rows are filled up. */
  public enum Padding {
    /** In front: for generation, so that all rows end together. */
    LEFT,
    /** Behind: for training. */
    RIGHT
  }

  /**
   * @param rows how many rows
   * @param length tokens of a row
   * @param ids row after row
   * @param segments row after row, 0 for padding; null when every row is one text without padding
   */
  public TokenBatch(int rows, int length, long[] ids, long[] segments) {
    if (ids.length != rows * length || segments != null && segments.length != ids.length) {
      throw new IllegalArgumentException(rows + " rows of " + length + " tokens need "
          + (long) rows * length + " ids, not " + ids.length);
    }
    this.rows = rows;
    this.length = length;
    this.ids = ids.clone();
    this.segments = segments == null || Arrays.stream(segments).allMatch(each -> each == 1)
        ? null : segments.clone();
  }

  /**
   * One text a row, filled up to the longest.
   *
   * @param texts token ids
   * @param padding the id that fills
   * @param side where it fills
   */
  public static TokenBatch of(List<int[]> texts, int padding, Padding side) {
    int length = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    long[] ids = new long[texts.size() * length];
    long[] segments = new long[ids.length];
    Arrays.fill(ids, padding);
    for (int row = 0; row < texts.size(); row++) {
      int[] text = texts.get(row);
      int start = row * length + (side == Padding.LEFT ? length - text.length : 0);
      for (int i = 0; i < text.length; i++) {
        ids[start + i] = text[i];
        segments[start + i] = 1;
      }
    }
    return new TokenBatch(texts.size(), length, ids, segments);
  }

  /** Columns {@code from} to {@code to}, exclusive. */
  public TokenBatch columns(int from, int to) {
    return new TokenBatch(rows, to - from, columns(ids, from, to),
        segments == null ? null : columns(segments, from, to));
  }

  private long[] columns(long[] values, int from, int to) {
    long[] part = new long[rows * (to - from)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * length + from, part, row * (to - from), to - from);
    }
    return part;
  }

  /** How many rows there are. */
  public int rows() {
    return rows;
  }

  /** Tokens of a row. */
  public int length() {
    return length;
  }

  /** The ids, row after row. */
  public long[] ids() {
    return ids.clone();
  }

  /** Whether there is padding or more than one segment. */
  public boolean isSegmented() {
    return segments != null;
  }

  /** Whether a token, counted row after row, is no padding. */
  public boolean isReal(int at) {
    return segment(at) != 0;
  }

  long segment(int at) {
    return segments == null ? 1 : segments[at];
  }

  /** Each token's position within its segment; 0 for padding. */
  long[] positions() {
    long[] positions = new long[ids.length];
    for (int row = 0; row < rows; row++) {
      long current = 0;
      long next = 0;
      for (int at = row * length; at < (row + 1) * length; at++) {
        long segment = segment(at);
        next = segment == current ? next : 0;
        current = segment;
        positions[at] = segment == 0 ? 0 : next++;
      }
    }
    return positions;
  }
}
