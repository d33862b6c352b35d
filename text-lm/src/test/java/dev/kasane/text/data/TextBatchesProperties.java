package dev.kasane.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TextBatchesProperties {
  private static final int MAX = 40;

  private static List<EncodedExample> examples(int count, long seed) {
    Random random = new Random(seed);
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] ids = new int[2 + random.nextInt(MAX - 1)];
      Arrays.fill(ids, i + 1);
      boolean[] supervised = new boolean[ids.length];
      Arrays.fill(supervised, random.nextInt(ids.length), ids.length, true);
      examples.add(new EncodedExample(ids, supervised, false, true));
    }
    return examples;
  }

  private static TextBatches batches(List<EncodedExample> examples, int batchSize, boolean packing, int accumulation,
      long seed) {
    return new TextBatches(examples, new TextBatches.Settings(batchSize, MAX, packing, accumulation, 0, seed));
  }

  @Property(tries = 100)
  void anEpochShowsEveryExampleOnceWhole(@ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @IntRange(min = 1, max = 9) int batchSize, @ForAll boolean packing, @ForAll long seed) {
    List<EncodedExample> examples = examples(count, seed);
    TextBatches batches = batches(examples, batchSize, packing, 1, seed);
    for (long epoch = 0; epoch < 2; epoch++) {
      int[] seen = new int[count + 1];
      for (int i = 0; i < batches.batchesPerEpoch(); i++) {
        TextBatch batch = batches.batch(epoch * batches.batchesPerEpoch() + i);
        assertThat(batch.rows()).isBetween(1, batchSize);
        assertThat(batch.length()).isLessThanOrEqualTo(MAX);
        checkRows(batch, examples);
        LongStream.of(batch.ids()).forEach(id -> seen[(int) id]++);
      }
      for (int i = 0; i < count; i++) {
        assertThat(seen[i + 1]).isEqualTo(examples.get(i).length());
      }
    }
  }

  /** Each segment is one example with positions from 0; its first token and padding are never predicted. */
  private static void checkRows(TextBatch batch, List<EncodedExample> examples) {
    for (int at = 0; at < batch.ids().length; at++) {
      boolean first = at % batch.length() == 0 || batch.segments()[at - 1] != batch.segments()[at];
      if (batch.segments()[at] == 0) {
        assertThat(batch.ids()[at]).isZero();
        assertThat(batch.labels()[at]).isEqualTo(TextBatch.IGNORED);
        continue;
      }
      if (!first) {
        assertThat(batch.ids()[at]).isEqualTo(batch.ids()[at - 1]);
      }
      int position = (int) batch.positions()[at];
      assertThat(position).isEqualTo(first ? 0 : (int) batch.positions()[at - 1] + 1);
      boolean counts = position > 0 && examples.get((int) batch.ids()[at] - 1).supervised()[position];
      assertThat(batch.labels()[at]).isEqualTo(counts ? batch.ids()[at] : TextBatch.IGNORED);
    }
  }

  @Property(tries = 50)
  void aBatchIsAFunctionOfItsNumber(@ForAll @IntRange(min = 1, max = 40) int count, @ForAll boolean packing,
      @ForAll @IntRange(min = 0, max = 200) int number, @ForAll long seed) {
    TextBatches fresh = batches(examples(count, seed), 4, packing, 1, seed);
    TextBatches used = batches(examples(count, seed), 4, packing, 1, seed);
    IntStream.range(0, number).forEach(used::batch);
    assertThat(used.batch(number)).usingRecursiveComparison().isEqualTo(fresh.batch(number));
  }

  @Property(tries = 50)
  void sharesMakeTheAccumulatedLossAMeanOverTokens(@ForAll @IntRange(min = 3, max = 40) int count,
      @ForAll @IntRange(min = 1, max = 5) int accumulation, @ForAll long seed) {
    TextBatches batches = batches(examples(count, seed), 2, false, accumulation, seed);
    List<TextBatch> step = IntStream.range(0, accumulation).mapToObj(i -> batches.batch(accumulation + i)).toList();
    long tokens = step.stream().mapToLong(TextBatch::supervisedTokens).sum();
    for (TextBatch batch : step) {
      if (tokens > 0) {
        assertThat(batch.share() / accumulation)
            .isCloseTo(batch.supervisedTokens() / (double) tokens, offset(1e-12));
      }
    }
  }

  @Property(tries = 30)
  void packingWastesLittle(@ForAll long seed) {
    List<EncodedExample> examples = examples(200, seed);
    int tokens = examples.stream().mapToInt(EncodedExample::length).sum();
    TextBatches batches = batches(examples, 1, true, 1, seed);
    assertThat(batches.batchesPerEpoch()).isLessThanOrEqualTo((int) Math.ceil(tokens / (double) MAX * 1.15) + 1);
  }
}
