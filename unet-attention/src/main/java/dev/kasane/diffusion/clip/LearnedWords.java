package dev.kasane.diffusion.clip;

import static dev.kasane.diffusion.clip.ClipOps.CLIP;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.Embedding;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Words with vectors of their own beyond a text encoder's vocabulary (textual inversion, Gal et al. 2022). A word
 * may stand for several tokens, one for each of its vectors. Their ids follow on the vocabulary's.
 */
public final class LearnedWords {
  /** No words. */
  public static final LearnedWords NONE = new LearnedWords(Map.of(), null);

  private final Map<String, Integer> lengths;
  private final NDArray rows;

  private LearnedWords(Map<String, Integer> lengths, NDArray rows) {
    this.lengths = Collections.unmodifiableMap(lengths);
    this.rows = rows;
  }

  /**
   * Words for one text encoder.
   *
   * @param vectors of each word, (tokens, width), all of one width
   */
  public static LearnedWords of(Map<String, NDArray> vectors) {
    if (vectors.isEmpty()) {
      return NONE;
    }
    Map<String, Integer> lengths = new LinkedHashMap<>();
    NDArray rows = null;
    for (Map.Entry<String, NDArray> word : vectors.entrySet()) {
      lengths.put(word.getKey(), Math.toIntExact(word.getValue().getShape().get(0)));
      rows = rows == null ? word.getValue() : rows.concat(word.getValue(), 0);
    }
    return new LearnedWords(lengths, rows);
  }

  /** How many tokens each word stands for, in the order of their ids. */
  public Map<String, Integer> lengths() {
    return lengths;
  }

  /**
   * Looks up tokens, those of learned words among them.
   *
   * @param table the vocabulary's vectors
   * @param size how many these are
   * @param ids 64-bit integers of any shape
   * @return one more axis, of the type that the table has
   */
  NDArray embed(Embedding table, long size, NDArray ids) {
    if (lengths.isEmpty()) {
      return table.forward(ids);
    }
    return CLIP.withLearned(table.forward(CLIP.inVocabulary(ids, size)), ids, rows, size);
  }
}
