package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.core.UserException;
import dev.kasane.core.tokenizer.PairLearner.Pair;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The symbols of a byte-pair vocabulary with their ids, and the merges in the order in which they were
 * learnt.
 *
 * @param origin where it came from, for messages: a file, a folder or "captions"
 * @param ids id of each symbol; distinct, not negative, below {@value #MAX_IDS}; gaps are allowed
 * @param merges earliest first; both sides of each merge and what it makes are symbols of {@code ids}
 */
public record ClipVocabulary(String origin, Map<String, Integer> ids, List<Pair> merges) {
  /** What the last symbol of every word ends with. */
  static final String WORD_END = "</w>";
  /** More ids than any vocabulary has; a bound against a broken file asking for a huge table. */
  static final int MAX_IDS = 1 << 21;

  /**
   * Checks that ids and merges belong together.
   *
   * @throws UserException if an id is out of range or given twice, or a merge speaks of a symbol without an
   *     id
   */
  public ClipVocabulary {
    ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
    merges = List.copyOf(merges);
    requireDistinctIds(origin, ids);
    for (int rank = 0; rank < merges.size(); rank++) {
      Pair pair = merges.get(rank);
      for (String symbol : List.of(pair.left(), pair.right(), pair.joined())) {
        if (!ids.containsKey(symbol)) {
          throw new UserException(origin + ": merge " + (rank + 1) + " joins '" + pair.left() + "' and '"
              + pair.right() + "', but the vocabulary has no symbol '" + symbol + "'."
              + " Vocabulary and merges are not of the same tokeniser: "
              + "take vocab.json and merges.txt from one model.");
        }
      }
    }
  }

  /** One more than the greatest id: the number of rows that a text encoder's embedding needs. */
  public int size() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }

  /**
   * Writes {@code vocab.json}, {@code merges.txt}, {@code tokenizer_config.json} and {@code
   * special_tokens_map.json} as {@code transformers.CLIPTokenizer.from_pretrained} and {@link
   * ClipTokenizer#open} read them. Each file is replaced whole or not at all.
   *
   * @param folder made if it does not exist
   * @throws UserException if a file cannot be written
   */
  public void write(Path folder) {
    VocabularyWriter.write(this, folder);
  }

  private static void requireDistinctIds(String origin, Map<String, Integer> ids) {
    Map<Integer, String> owners = new HashMap<>();
    ids.forEach((symbol, id) -> {
      if (id < 0 || id >= MAX_IDS) {
        throw new UserException(origin + ": the id of symbol '" + symbol + "' is " + id
            + ", expected 0 to " + (MAX_IDS - 1) + ". The file is damaged or not a CLIP vocabulary.");
      }
      String other = owners.put(id, symbol);
      if (other != null) {
        throw new UserException(origin + ": symbols '" + other + "' and '" + symbol
            + "' both have the id " + id
            + ", expected one id for each. The file is damaged: fetch it again.");
      }
    });
  }
}
