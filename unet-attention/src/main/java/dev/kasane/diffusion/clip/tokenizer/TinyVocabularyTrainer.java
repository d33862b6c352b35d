package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.core.tokenizer.ByteAlphabet;
import dev.kasane.core.tokenizer.PairLearner;
import dev.kasane.core.tokenizer.PairLearner.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Learns a CLIP-style byte-pair vocabulary from captions, for the embedded demo base and for tests. The same captions
 * give the same vocabulary.
 */
public final class TinyVocabularyTrainer {
  private final int maxMerges;

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
    PairLearner learner = learner(captions);
    List<Pair> merges = new ArrayList<>();
    while (merges.size() < maxMerges) {
      Optional<Pair> best = learner.next();
      if (best.isEmpty()) {
        break;
      }
      merges.add(best.get());
    }
    String origin = "vocabulary learnt from " + captions.size() + " captions";
    return new ClipVocabulary(origin, number(merges), merges);
  }

  private static PairLearner learner(List<String> captions) {
    Map<String, Long> counts = new TreeMap<>();
    for (String caption : captions) {
      WordSplitter.split(TextNormalizer.normalize(caption),
          word -> counts.merge(ByteAlphabet.spell(word), 1L, Long::sum));
    }
    PairLearner learner = new PairLearner();
    counts.forEach((spelling, count) -> {
      List<String> symbols = new ArrayList<>(List.of(spelling.split("")));
      symbols.set(symbols.size() - 1, symbols.get(symbols.size() - 1) + ClipVocabulary.WORD_END);
      learner.add(symbols, count);
    });
    return learner;
  }

  /** Two merges may make the same symbol; it has one id. */
  private static Map<String, Integer> number(List<Pair> merges) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ByteAlphabet.inVocabularyOrder().forEach(symbol -> ids.put(symbol, ids.size()));
    ByteAlphabet.inVocabularyOrder().forEach(symbol -> ids.put(symbol + ClipVocabulary.WORD_END, ids.size()));
    merges.forEach(pair -> ids.putIfAbsent(pair.joined(), ids.size()));
    ids.put(SpecialTokens.BEGIN, ids.size());
    ids.put(SpecialTokens.END, ids.size());
    return ids;
  }
}
