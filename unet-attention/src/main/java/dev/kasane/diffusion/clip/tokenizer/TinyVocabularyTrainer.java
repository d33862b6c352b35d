package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.diffusion.clip.tokenizer.ClipVocabulary.SymbolPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Learns a CLIP-style byte-pair vocabulary from captions: again and again the most frequent pair of
 * neighbouring symbols becomes a symbol (Sennrich et al. 2016).
 *
 * <p>For the embedded demo base and for tests: it counts all pairs anew for each merge, which is fine for
 * thousands of merges over a few thousand different words. The same captions give the same vocabulary: of
 * pairs that are equally frequent the alphabetically first is taken.
 */
public final class TinyVocabularyTrainer {
  /** A pair seen once teaches nothing. */
  private static final int LEAST_COUNT = 2;

  private final int maxMerges;

  private record Word(List<String> symbols, long count) {
  }

  /**
   * @param maxMerges how many merges to learn at most, 0 or more; the vocabulary has 512 symbols for bytes
   *     and two special tokens beside them
   */
  public TinyVocabularyTrainer(int maxMerges) {
    if (maxMerges < 0 || maxMerges > ClipVocabulary.MAX_IDS / 2) {
      throw new IllegalArgumentException("maxMerges is " + maxMerges + ", expected 0 to "
          + ClipVocabulary.MAX_IDS / 2);
    }
    this.maxMerges = maxMerges;
  }

  /**
   * Learns from captions as they will be prompted.
   *
   * @return the vocabulary in CLIP's order: bytes, bytes as word end, merges, begin token, end token; with
   *     fewer merges than allowed if no pair is left that stands twice
   */
  public ClipVocabulary train(List<String> captions) {
    List<Word> words = words(captions);
    List<SymbolPair> merges = new ArrayList<>();
    while (merges.size() < maxMerges) {
      Optional<SymbolPair> best = mostFrequentPair(words);
      if (best.isEmpty()) {
        break;
      }
      merges.add(best.get());
      words.replaceAll(word -> merge(word, best.get()));
    }
    String origin = "vocabulary learnt from " + captions.size() + " captions";
    return new ClipVocabulary(origin, number(merges), merges);
  }

  private static List<Word> words(List<String> captions) {
    Map<String, Long> counts = new TreeMap<>();
    for (String caption : captions) {
      WordSplitter.split(TextNormalizer.normalize(caption),
          word -> counts.merge(ByteAlphabet.spell(word), 1L, Long::sum));
    }
    List<Word> words = new ArrayList<>();
    counts.forEach((spelling, count) -> {
      List<String> symbols = new ArrayList<>(List.of(spelling.split("")));
      symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + ClipVocabulary.WORD_END);
      words.add(new Word(symbols, count));
    });
    return words;
  }

  private static Optional<SymbolPair> mostFrequentPair(List<Word> words) {
    Map<SymbolPair, Long> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.symbols().size(); i++) {
        SymbolPair pair = new SymbolPair(word.symbols().get(i), word.symbols().get(i + 1));
        counts.merge(pair, word.count(), Long::sum);
      }
    }
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() >= LEAST_COUNT)
        .min(Comparator.<Map.Entry<SymbolPair, Long>>comparingLong(entry -> -entry.getValue())
            .thenComparing(entry -> entry.getKey().left())
            .thenComparing(entry -> entry.getKey().right()))
        .map(Map.Entry::getKey);
  }

  private static Word merge(Word word, SymbolPair pair) {
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

  /** Two merges may make the same symbol; it has one id. */
  private static Map<String, Integer> number(List<SymbolPair> merges) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ByteAlphabet.inVocabularyOrder().forEach(symbol -> ids.put(symbol, ids.size()));
    ByteAlphabet.inVocabularyOrder().forEach(symbol -> ids.put(symbol + ClipVocabulary.WORD_END, ids.size()));
    merges.forEach(pair -> ids.putIfAbsent(pair.joined(), ids.size()));
    ids.put(SpecialTokens.BEGIN, ids.size());
    ids.put(SpecialTokens.END, ids.size());
    return ids;
  }
}
