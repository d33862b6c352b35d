package dev.kasane.text.demo;

import dev.kasane.core.training.BatchSource;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The world's text as rows of one length, text after text with marks between, every row new. */
record WorldBatches(WorldText world, Tokenizer tokenizer, int rows, int length) implements BatchSource<TextBatch> {
  private static final int MOST_TEXTS_A_ROW = 64;

  @Override
  public TextBatch batch(long number) {
    List<List<EncodedExample>> batch = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      batch.add(List.of(row(number * rows + row)));
    }
    return RowLayout.of(batch, tokenizer.paddingId().orElse(0), 1);
  }

  private EncodedExample row(long row) {
    int[] ids = new int[length];
    int at = 0;
    for (long text = row * MOST_TEXTS_A_ROW; at < length; text++) {
      int[] next = tokenizer.encode(world.text(text), true);
      for (int i = 0; i <= next.length && at < length; i++) {
        ids[at++] = i < next.length ? next[i] : tokenizer.endOfTextId().getAsInt();
      }
    }
    boolean[] everything = new boolean[length];
    Arrays.fill(everything, true);
    return new EncodedExample(ids, everything, false, true);
  }
}
