package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;

/** Rows of the present batch, which change from batch to batch. */
final class RowSelection {
  private NDArray numbers;
  private int count;
  private int batch;

  /**
   * @param rows which rows
   * @param size how many rows the batch has
   * @param scope owner of the numbers
   */
  void choose(int[] rows, int size, NDManager scope) {
    if (numbers != null) {
      numbers.close();
    }
    count = rows.length;
    batch = size;
    numbers = scope.create(Arrays.stream(rows).asLongStream().toArray());
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isAll() {
    return count == batch;
  }

  /** Whether the batch has a single row. */
  boolean isOfOne() {
    return batch == 1;
  }

  NDArray numbers() {
    return numbers;
  }

  /** Fewer or more rows than were routed would get updates that are not theirs. */
  void requireBatch(long rows) {
    if (rows != batch) {
      throw new IllegalStateException("Adapters were routed for " + batch + " rows, but a layer got " + rows);
    }
  }
}
