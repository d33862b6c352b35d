package dev.kasane.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Pieces by their UTF-8 bytes, to find all that a text begins with at a place. */
final class PieceTrie {
  private final Map<Long, Integer> children = new HashMap<>();
  private final Map<Integer, Integer> values = new HashMap<>();
  private int nodes = 1;

  /** Takes a piece of a text. */
  @FunctionalInterface
  interface Visitor {
    void piece(int length, int value);
  }

  /** Adds a piece with its value. */
  void add(String piece, int value) {
    int node = 0;
    for (byte part : piece.getBytes(StandardCharsets.UTF_8)) {
      node = children.computeIfAbsent(edge(node, part), unused -> nodes++);
    }
    values.put(node, value);
  }

  /** Visits every piece that the text has at a place, shortest first. */
  void visit(byte[] text, int from, Visitor visitor) {
    Integer node = 0;
    for (int at = from; at < text.length; at++) {
      node = children.get(edge(node, text[at]));
      if (node == null) {
        return;
      }
      Integer value = values.get(node);
      if (value != null) {
        visitor.piece(at - from + 1, value);
      }
    }
  }

  /** The length of the longest piece at a place, 0 if there is none. */
  int longest(byte[] text, int from) {
    int[] longest = {0};
    visit(text, from, (length, value) -> longest[0] = length);
    return longest[0];
  }

  /** Bytes of the UTF-8 character that begins with a byte. */
  static int characterLength(byte first) {
    int lead = first & 0xFF;
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  }

  private static long edge(int node, byte part) {
    return (long) node << 8 | part & 0xFF;
  }
}
