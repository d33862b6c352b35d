package dev.kasane.text.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * SentencePiece's compiled table of character replacements: a double-array trie (darts-clone's layout) over the
 * UTF-8 bytes of what is replaced, whose values are places in a list of zero-terminated replacements.
 */
final class CharacterTable {
  private final int[] trie;
  private final byte[] replacements;

  /** What matched: how many bytes of the text, and where its replacement begins. */
  record Match(int length, int replacement) {}

  /**
   * @param compiled length of the trie in bytes, the trie, the replacements
   * @throws IllegalArgumentException when the lengths disagree
   */
  CharacterTable(byte[] compiled) {
    ByteBuffer in = ByteBuffer.wrap(compiled).order(ByteOrder.LITTLE_ENDIAN);
    long bytes = in.remaining() < 4 ? -1 : in.getInt() & 0xFFFFFFFFL;
    if (bytes < 4 || bytes % 4 != 0 || bytes > in.remaining()) {
      throw new IllegalArgumentException("its table of characters is cut off");
    }
    trie = new int[(int) (bytes / 4)];
    in.asIntBuffer().get(trie);
    in.position(4 + (int) bytes);
    replacements = new byte[in.remaining()];
    in.get(replacements);
  }

  /** The longest entry that the text begins with at a place, or null. */
  Match longest(byte[] text, int from) {
    Match longest = null;
    int node = offset(trie[0]);
    for (int at = from; at < text.length; at++) {
      int key = text[at] & 0xFF;
      node ^= key;
      if (node < 0 || node >= trie.length || (trie[node] & 0x800000FF) != key) {
        return longest;
      }
      int unit = trie[node];
      node ^= offset(unit);
      if ((unit >>> 8 & 1) == 1 && node >= 0 && node < trie.length) {
        longest = new Match(at - from + 1, trie[node] & 0x7FFFFFFF);
      }
    }
    return longest;
  }

  /** The bytes of a replacement. */
  byte[] replacement(Match match) {
    int end = Math.min(match.replacement(), replacements.length);
    int start = end;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(replacements, start, end);
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }
}
