package dev.kasane.text.tokenizer;

import dev.kasane.text.tokenizer.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.SentencePieceModel.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The most probable split of a text under a unigram model (Kudo 2018), found with Viterbi's algorithm over the
 * text's bytes.
 */
final class UnigramSplitter implements PieceSplitter {
  /** How much less likely than the rarest piece an unknown character is. */
  private static final float UNKNOWN_PENALTY = 10;

  private final SentencePieceModel model;
  private final PieceTrie trie = new PieceTrie();
  private final float unknownScore;
  private final float greatest;

  UnigramSplitter(SentencePieceModel model) {
    this.model = model;
    float least = Float.MAX_VALUE;
    float most = -Float.MAX_VALUE;
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      if (piece.kind() == Kind.NORMAL) {
        least = Math.min(least, piece.score());
        most = Math.max(most, piece.score());
      }
      if (piece.kind() == Kind.NORMAL || piece.kind() == Kind.USER_DEFINED) {
        trie.add(piece.text(), id);
      }
    }
    unknownScore = least - UNKNOWN_PENALTY;
    greatest = most;
  }

  /** The best way to each byte. */
  private static final class Paths {
    private final float[] score;
    private final int[] from;
    private final int[] id;

    Paths(int length) {
      score = new float[length + 1];
      from = new int[length + 1];
      id = new int[length + 1];
      Arrays.fill(from, -1);
    }

    void offer(int start, int length, int piece, double gain) {
      int end = start + length;
      double candidate = score[start] + gain;
      if (from[end] < 0 || candidate > score[end]) {
        score[end] = (float) candidate;
        from[end] = start;
        id[end] = piece;
      }
    }
  }

  @Override
  public List<Split> split(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Paths paths = new Paths(bytes.length);
    for (int at = 0; at < bytes.length;) {
      int character = Math.min(PieceTrie.characterLength(bytes[at]), bytes.length - at);
      int start = at;
      boolean[] known = {false};
      trie.visit(bytes, at, (length, id) -> {
        known[0] |= length == character;
        paths.offer(start, length, id, gain(id, length));
      });
      if (!known[0]) {
        paths.offer(start, character, model.unknownId(), unknownScore);
      }
      at += character;
    }
    return walkBack(bytes, paths);
  }

  private double gain(int id, int length) {
    Piece piece = model.pieces().get(id);
    return piece.kind() == Kind.USER_DEFINED ? length * greatest - 0.1 : piece.score();
  }

  private static List<Split> walkBack(byte[] bytes, Paths paths) {
    List<Split> splits = new ArrayList<>();
    for (int end = bytes.length; end > 0; end = paths.from[end]) {
      int start = paths.from[end];
      splits.add(new Split(new String(bytes, start, end - start, StandardCharsets.UTF_8), paths.id[end]));
    }
    Collections.reverse(splits);
    return splits;
  }
}
