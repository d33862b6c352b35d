package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The joins that a BPE vocabulary of SentencePiece implies: it does not list them, every two pieces that make a
 * third may join.
 *
 * @param pairs first joined first
 */
record PieceMerges(List<Merge> pairs) {
  /**
   * Two pieces that join.
   *
   * @param id of what they make
   * @param score of what they make
   */
  record Merge(String left, String right, int id, float score) {}

  /** Those of all pieces in the order of ids; of several that make one piece, that with the shortest left part. */
  static PieceMerges byId(SentencePieceModel model) {
    return new PieceMerges(merges(model, model.ids()));
  }

  /** Those of ordinary pieces in the order of scores, as SentencePiece itself joins. */
  static PieceMerges byScore(SentencePieceModel model) {
    Map<String, Integer> ordinary = new HashMap<>();
    model.ids().forEach((text, id) -> {
      if (model.pieces().get(id).kind() == Kind.NORMAL) {
        ordinary.put(text, id);
      }
    });
    List<Merge> merges = merges(model, ordinary);
    merges.sort(Comparator.comparing(Merge::score).reversed());
    return new PieceMerges(merges);
  }

  private static List<Merge> merges(SentencePieceModel model, Map<String, Integer> among) {
    List<Merge> merges = new ArrayList<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      String text = piece.text();
      if (!among.containsKey(text)) {
        continue;
      }
      for (int at = Character.charCount(text.codePointAt(0)); at < text.length();
          at += Character.charCount(text.codePointAt(at))) {
        String left = text.substring(0, at);
        String right = text.substring(at);
        if (among.containsKey(left) && among.containsKey(right)) {
          merges.add(new Merge(left, right, id, piece.score()));
        }
      }
    }
    return merges;
  }

  ArrayNode json() {
    ArrayNode json = JsonNodeFactory.instance.arrayNode(pairs.size());
    pairs.forEach(merge -> json.addArray().add(merge.left()).add(merge.right()));
    return json;
  }
}
