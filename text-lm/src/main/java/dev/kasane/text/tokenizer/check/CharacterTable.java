package dev.kasane.text.tokenizer.check;

import dev.kasane.core.files.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * SentencePiece's compiled table of character replacements: a double-array trie (darts-clone's layout) over the
 * UTF-8 bytes of what is replaced, whose values are places in a list of zero-terminated replacements.
 */
final class CharacterTable {
  /** The longest text that Unicode replaces one character by has 33 bytes. */
  private static final int LONGEST_REPLACEMENT = 256;
  private static final int LEAF = 1 << 8;

  private final int[] trie;
  private final byte[] replacements;
  private int longestReplacement;
  private int longestEntry;

  /** What matched: how many bytes of the text, and where its replacement begins. */
  record Match(int length, int replacement) {}

  /** A place after some bytes of an entry. */
  private record Place(int node, int depth) {}

  /**
   * @param compiled length of the trie in bytes, the trie, the replacements
   * @throws IllegalArgumentException when the lengths disagree or a place leads out of the table
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
    requireText();
    walk();
  }

  private void requireText() {
    if (Utf8.firstFault(replacements).isPresent()) {
      throw new IllegalArgumentException("its replacements of characters are not UTF-8");
    }
  }

  /** Goes to every place that a text can lead to. */
  private void walk() {
    BitSet seen = new BitSet();
    Deque<Place> open = new ArrayDeque<>();
    open.add(new Place(offset(trie[0]), 0));
    while (!open.isEmpty()) {
      Place place = open.remove();
      for (int key = 1; key < 256; key++) {
        int node = within(place.node() ^ key);
        if ((trie[node] & 0x800000FF) == key) {
          int next = within(node ^ offset(trie[node]));
          if ((trie[node] & LEAF) != 0) {
            requireReplacement(trie[next] & 0x7FFFFFFF);
            longestEntry = Math.max(longestEntry, place.depth() + 1);
          }
          if (!seen.get(next)) {
            seen.set(next);
            open.add(new Place(next, place.depth() + 1));
          }
        }
      }
    }
  }

  private int within(int node) {
    if (node < 0 || node >= trie.length) {
      throw new IllegalArgumentException("its table of characters leads out of itself");
    }
    return node;
  }

  private void requireReplacement(int start) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    boolean inCharacter = start < replacements.length && (replacements[start] & 0xC0) == 0x80;
    if (start > replacements.length || end - start > LONGEST_REPLACEMENT || inCharacter) {
      throw new IllegalArgumentException("its table of characters has a replacement that lies outside, begins within a"
          + " character or has more than " + LONGEST_REPLACEMENT + " bytes");
    }
    longestReplacement = Math.max(longestReplacement,
        new String(replacements, start, end - start, StandardCharsets.UTF_8).length());
  }

  /** The characters of the longest replacement, at least 1. */
  int longestReplacement() {
    return Math.max(1, longestReplacement);
  }

  /** The longest entry that the text begins with at a place, or null. */
  Match longest(byte[] text, int from) {
    Match longest = null;
    int node = offset(trie[0]);
    for (int at = from; at < Math.min(text.length, from + longestEntry); at++) {
      int key = text[at] & 0xFF;
      node ^= key;
      if (node < 0 || node >= trie.length || (trie[node] & 0x800000FF) != key) {
        return longest;
      }
      int unit = trie[node];
      node ^= offset(unit);
      if ((unit & LEAF) != 0 && node >= 0 && node < trie.length) {
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

  /** A text with everything replaced, longest entries first. */
  String replaceAll(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length;) {
      Match match = longest(bytes, at);
      if (match == null) {
        out.write(bytes[at++]);
      } else {
        out.writeBytes(replacement(match));
        at += match.length();
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }
}
