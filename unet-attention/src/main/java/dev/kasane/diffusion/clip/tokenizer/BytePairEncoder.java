package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.core.tokenizer.ByteAlphabet;
import dev.kasane.core.tokenizer.PairLearner.Pair;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Byte-pair encoding of one word (Sennrich et al. 2016): the word's bytes are the first symbols, the last one
 * marked as word end, and the neighbours whose merge was learnt earliest are joined until no learnt merge is
 * left.
 *
 * <p>Safe for use by several threads. Words are remembered up to a fixed number.
 */
final class BytePairEncoder {
  private static final int BYTE_VALUES = 256;
  private static final int CACHED_WORDS = 16_384;
  private static final int LONGEST_CACHED_WORD = 64;

  private final int[] inner = new int[BYTE_VALUES];
  private final int[] last = new int[BYTE_VALUES];
  private final Map<Long, Merge> merges;
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  private record Merge(int rank, int result) {
  }

  /** Prepares a vocabulary; a byte that it has no symbol for will be encoded as the unknown token. */
  BytePairEncoder(ClipVocabulary vocabulary, int unknownId) {
    for (int value = 0; value < BYTE_VALUES; value++) {
      String symbol = String.valueOf(ByteAlphabet.symbol(value));
      inner[value] = vocabulary.ids().getOrDefault(symbol, unknownId);
      last[value] = vocabulary.ids().getOrDefault(symbol + ClipVocabulary.WORD_END, unknownId);
    }
    merges = new HashMap<>(vocabulary.merges().size() * 2);
    int rank = 0;
    for (Pair pair : vocabulary.merges()) {
      Map<String, Integer> ids = vocabulary.ids();
      merges.put(key(ids.get(pair.left()), ids.get(pair.right())), new Merge(rank++, ids.get(pair.joined())));
    }
  }

  /** The ids of a word that is not empty. The array is shared: it must not be changed. */
  int[] encode(String word) {
    if (word.length() > LONGEST_CACHED_WORD) {
      return merge(firstSymbols(word));
    }
    int[] known = cache.get(word);
    if (known == null) {
      known = merge(firstSymbols(word));
      if (cache.size() >= CACHED_WORDS) {
        cache.clear();
      }
      cache.put(word, known);
    }
    return known;
  }

  private int[] firstSymbols(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = (i == bytes.length - 1 ? last : inner)[bytes[i] & 0xFF];
    }
    return symbols;
  }

  /** Joins in the order of rank, then position; a queue keeps long words away from quadratic time. */
  private int[] merge(int[] symbols) {
    SymbolChain chain = new SymbolChain(symbols);
    PriorityQueue<Long> candidates = new PriorityQueue<>();
    for (int at = 0; at < symbols.length; at++) {
      offer(candidates, chain, at);
    }
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      int at = (int) candidate;
      Merge merge = mergeAt(chain, at);
      if (merge == null || merge.rank() != (int) (candidate >>> Integer.SIZE)) {
        continue;
      }
      chain.joinWithNext(at, merge.result());
      offer(candidates, chain, at);
      offer(candidates, chain, chain.previous(at));
    }
    return chain.symbols();
  }

  private void offer(PriorityQueue<Long> candidates, SymbolChain chain, int at) {
    Merge merge = mergeAt(chain, at);
    if (merge != null) {
      candidates.add(key(merge.rank(), at));
    }
  }

  private Merge mergeAt(SymbolChain chain, int at) {
    return at < 0 || !chain.hasPairAt(at) ? null : merges.get(key(chain.symbol(at), chain.nextSymbol(at)));
  }

  private static long key(int high, int low) {
    return (long) high << Integer.SIZE | low;
  }

  /** The symbols of a word as a doubly linked list over their first positions. */
  private static final class SymbolChain {
    private static final int GONE = -2;
    private final int[] symbol;
    private final int[] next;
    private final int[] previous;

    SymbolChain(int[] symbols) {
      symbol = symbols.clone();
      next = new int[symbols.length];
      previous = new int[symbols.length];
      Arrays.setAll(next, i -> i + 1);
      Arrays.setAll(previous, i -> i - 1);
    }

    boolean hasPairAt(int at) {
      return next[at] != GONE && next[at] < symbol.length;
    }

    int symbol(int at) {
      return symbol[at];
    }

    int nextSymbol(int at) {
      return symbol[next[at]];
    }

    int previous(int at) {
      return previous[at];
    }

    void joinWithNext(int at, int result) {
      int absorbed = next[at];
      symbol[at] = result;
      next[at] = next[absorbed];
      next[absorbed] = GONE;
      if (next[at] < symbol.length) {
        previous[next[at]] = at;
      }
    }

    int[] symbols() {
      int[] left = new int[symbol.length];
      int count = 0;
      for (int at = 0; at < symbol.length; at = next[at]) {
        left[count++] = symbol[at];
      }
      return Arrays.copyOf(left, count);
    }
  }
}
