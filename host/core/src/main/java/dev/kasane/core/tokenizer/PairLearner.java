package dev.kasane.core.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Learns the merges of a byte-pair vocabulary: again and again the most frequent pair of neighbouring symbols becomes
 * a symbol (Sennrich et al. 2016). The same words give the same merges: of pairs that are equally frequent the
 * alphabetically first is taken.
 *
 * <p>It counts all pairs anew for each merge, which is fine for thousands of merges over a few thousand words.
 */
public final class PairLearner {
  /** A pair seen once teaches nothing. */
  private static final int LEAST_COUNT = 2;

  private final List<Word> words = new ArrayList<>();

  private record Word(List<String> symbols, long count) {}

  /**
   * Two neighbouring symbols that become one.
   *
   * @param left the first symbol
   * @param right the second symbol
   */
  public record Pair(String left, String right) {
    /** The symbol they become. */
    public String joined() {
      return left + right;
    }
  }

  /** Adds a word in its first symbols, and how often it stands in the texts. */
  public void add(List<String> symbols, long count) {
    words.add(new Word(symbols, count));
  }

  /** The next merge, which is made in all words; empty if no pair is left that stands twice. */
  public Optional<Pair> next() {
    Optional<Pair> best = mostFrequent();
    best.ifPresent(pair -> words.replaceAll(word -> merged(word, pair)));
    return best;
  }

  private Optional<Pair> mostFrequent() {
    Map<Pair, Long> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.symbols().size(); i++) {
        counts.merge(new Pair(word.symbols().get(i), word.symbols().get(i + 1)), word.count(), Long::sum);
      }
    }
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= LEAST_COUNT)
        .min(Comparator.<Map.Entry<Pair, Long>>comparingLong(entry -> -entry.getValue())
            .thenComparing(entry -> entry.getKey().left())
            .thenComparing(entry -> entry.getKey().right()))
        .map(Map.Entry::getKey);
  }

  private static Word merged(Word word, Pair pair) {
    List<String> symbols = word.symbols();
    List<String> merged = new ArrayList<>(symbols.size());
    for (int i = 0; i < symbols.size(); i++) {
      boolean joins = i + 1 < symbols.size() && symbols.get(i).equals(pair.left())
          && symbols.get(i + 1).equals(pair.right());
      merged.add(joins ? pair.joined() : symbols.get(i));
      i += joins ? 1 : 0;
    }
    return new Word(merged, word.count());
  }
}
