package dev.kasane.text.data;

import dev.kasane.core.UserException;
import dev.kasane.core.training.BatchSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which examples each batch holds: a function of seed and number alone, so that a resumed run goes on as if it
 * had never stopped. An epoch shows every example once.
 *
 * <p>Packed, examples share rows of the greatest length, longest first into the row with least room left (best
 * fit, decreasing). How full the rows are depends on lengths alone, so all epochs have equally many batches, with
 * examples of like length in one another's places. Not packed, a batch holds examples of like length.
 */
public final class TextBatches implements BatchSource<TextBatch> {
  private static final int BATCHES_A_WINDOW = 50;

  private final List<EncodedExample> examples;
  private final Settings settings;
  private final int batchesPerEpoch;
  private volatile Epoch latest;

  /**
   * How batches are made.
   *
   * @param batchSize rows of a batch, at least 1
   * @param maxLength tokens of a packed row
   * @param packing whether examples share rows
   * @param accumulation batches of one optimiser step
   * @param padding id that fills rows
   * @param seed the run's seed
   */
  public record Settings(int batchSize, int maxLength, boolean packing, int accumulation, int padding, long seed) {}

  private record Epoch(long number, List<List<List<Integer>>> batches) {}

  /**
   * @param examples those that have something to learn; others are left out by the caller
   * @throws UserException when there are none or a number is out of range
   */
  public TextBatches(List<EncodedExample> examples, Settings settings) {
    if (examples.isEmpty()) {
      throw new UserException("There is no example to train on. Lower the evaluation share or add data.");
    }
    if (settings.batchSize() < 1 || settings.accumulation() < 1) {
      throw new UserException("Batch size " + settings.batchSize() + " and accumulation "
          + settings.accumulation() + ": give 1 or more.");
    }
    this.examples = List.copyOf(examples);
    this.settings = settings;
    this.batchesPerEpoch = epoch(0).size();
  }

  /** Batches of one epoch, the same for all. */
  public int batchesPerEpoch() {
    return batchesPerEpoch;
  }

  @Override
  public TextBatch batch(long number) {
    long first = number / settings.accumulation() * settings.accumulation();
    long tokens = 0;
    for (long other = first; other < first + settings.accumulation(); other++) {
      tokens += supervised(rows(other));
    }
    List<List<Integer>> rows = rows(number);
    double share = tokens == 0 ? 1 : supervised(rows) * (double) settings.accumulation() / tokens;
    return RowLayout.of(rows.stream().map(row -> row.stream().map(examples::get).toList()).toList(),
        settings.padding(), share);
  }

  /** The indices of the examples of a batch, row after row. */
  List<List<Integer>> rows(long number) {
    return epoch(number / batchesPerEpoch).get((int) (number % batchesPerEpoch));
  }

  private long supervised(List<List<Integer>> rows) {
    return rows.stream().flatMap(List::stream).mapToLong(index -> examples.get(index).supervisedTokens()).sum();
  }

  private List<List<List<Integer>>> epoch(long number) {
    Epoch known = latest;
    if (known == null || known.number() != number) {
      // Kept only to save time: any thread may replace it, since it can always be made again.
      known = new Epoch(number, plan(number));
      latest = known;
    }
    return known.batches();
  }

  private List<List<List<Integer>>> plan(long number) {
    Random random = new Random(mix(settings.seed() * 0x9E3779B97F4A7C15L + number));
    List<Integer> order = new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
    Collections.shuffle(order, random);
    List<List<Integer>> rows;
    if (settings.packing()) {
      order.sort(longestFirst());
      rows = new ArrayList<>(packed(order));
      Collections.shuffle(rows, random);
    } else {
      sortWithinWindows(order);
      rows = order.stream().map(List::of).toList();
    }
    List<List<List<Integer>>> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += settings.batchSize()) {
      batches.add(List.copyOf(rows.subList(from, Math.min(rows.size(), from + settings.batchSize()))));
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** Like lengths together, but only among neighbours of the shuffled order: who meets whom stays random. */
  private void sortWithinWindows(List<Integer> order) {
    int window = settings.batchSize() * BATCHES_A_WINDOW;
    for (int from = 0; from < order.size(); from += window) {
      order.subList(from, Math.min(order.size(), from + window)).sort(longestFirst());
    }
  }

  private Comparator<Integer> longestFirst() {
    return Comparator.comparingInt(index -> -examples.get(index).length());
  }

  private List<List<Integer>> packed(List<Integer> longestFirst) {
    return RowPacking.pack(longestFirst.stream().map(index -> examples.get(index).length()).toList(),
        settings.maxLength()).stream().map(row -> row.stream().map(longestFirst::get).toList()).toList();
  }

  /** The output function of SplitMix64: a bijection that spreads every bit. */
  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
