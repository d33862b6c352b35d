package dev.kasane.text.data;

import java.util.Arrays;
import java.util.List;

/** Lays examples out in rows. */
public final class RowLayout {
  private RowLayout() {}

  /**
   * A batch of rows, each of one or more examples, filled up at its end to the longest row.
   *
   * @param rows examples by row
   * @param padding the id that fills
   * @param share the batch's factor for its mean loss
   */
  public static TextBatch of(List<List<EncodedExample>> rows, int padding, double share) {
    int length = rows.stream().mapToInt(row -> row.stream().mapToInt(EncodedExample::length).sum()).max().orElse(0);
    int size = rows.size() * length;
    TextBatch batch = new TextBatch(rows.size(), length, new long[size], new long[size], new long[size],
        new long[size], share);
    Arrays.fill(batch.ids(), padding);
    Arrays.fill(batch.labels(), TextBatch.IGNORED);
    for (int row = 0; row < rows.size(); row++) {
      int at = row * length;
      for (int i = 0; i < rows.get(row).size(); i++) {
        place(rows.get(row).get(i), i + 1, at, batch);
        at += rows.get(row).get(i).length();
      }
    }
    return batch;
  }

  private static void place(EncodedExample example, int segment, int at, TextBatch batch) {
    for (int i = 0; i < example.length(); i++) {
      batch.ids()[at + i] = example.ids()[i];
      batch.segments()[at + i] = segment;
      batch.positions()[at + i] = i;
      // The token before the first belongs to another text and must not learn to predict it.
      batch.labels()[at + i] = i > 0 && example.supervised()[i] ? example.ids()[i] : TextBatch.IGNORED;
    }
  }
}
