package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Algorithm;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Normalization;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Brings a SentencePiece model into the form of tokenizer.json, so that it splits as SentencePiece does. */
record SentencePieceJson(SentencePieceModel pieces) {
  /**
   * A tokenizer.json that does what the model says of itself, without added tokens and marks.
   *
   * @param everywhere whether the model's dummy prefix goes before each part of a text between marks, as of old,
   *     instead of before the first alone
   */
  ObjectNode asWritten(boolean everywhere) {
    return TokenizerJson.of(normalizers(everywhere), preTokenizers(everywhere),
        pieces.algorithm() == Algorithm.UNIGRAM ? unigram(List.of()) : bytePairs(PieceMerges.byScore(pieces)),
        TokenizerJson.pieceDecoders(pieces.byteFallback(), pieces.normalization().dummyPrefix()));
  }

  /** A unigram model, with further pieces at its end. */
  ObjectNode unigram(List<String> more) {
    ObjectNode model = TokenizerJson.component("Unigram").put("unk_id", pieces.unknownId())
        .put("byte_fallback", pieces.byteFallback());
    ArrayNode vocabulary = model.putArray("vocab");
    pieces.pieces().forEach(piece -> vocabulary.addArray().add(piece.text()).add((double) piece.score()));
    more.forEach(piece -> vocabulary.addArray().add(piece).add(0.0));
    return model;
  }

  /** A BPE model with joins of one's own. */
  ObjectNode bytePairs(PieceMerges merges) {
    ObjectNode vocabulary = JsonNodeFactory.instance.objectNode();
    for (int id = 0; id < pieces.pieces().size(); id++) {
      vocabulary.put(pieces.pieces().get(id).text(), id);
    }
    return TokenizerJson.bytePairs(vocabulary, merges.json()).put("fuse_unk", true)
        .put("byte_fallback", pieces.byteFallback()).put("ignore_merges", !userDefined().isEmpty())
        .put("unk_token", pieces.pieces().get(pieces.unknownId()).text());
  }

  /** The model's own table of replacements, if it has one. */
  List<ObjectNode> characters() {
    byte[] table = pieces.normalization().characters();
    return table.length == 0 ? List.of() : List.of(TokenizerJson.component("Precompiled")
        .put("precompiled_charsmap", Base64.getEncoder().encodeToString(table)));
  }

  private List<ObjectNode> normalizers(boolean everywhere) {
    Normalization rules = pieces.normalization();
    List<ObjectNode> normalizers = new ArrayList<>(characters());
    if (rules.removeExtraSpaces()) {
      normalizers.add(TokenizerJson.replaceAll(" {2,}", " "));
      normalizers.add(TokenizerJson.replaceAll("\\A | \\z", ""));
    }
    if (rules.escapeSpaces()) {
      normalizers.add(TokenizerJson.replace(" ", TokenizerJson.SPACE));
    }
    if (rules.dummyPrefix() && everywhere) {
      // The library puts no space before a text that begins with one, SentencePiece does.
      normalizers.add(TokenizerJson.replaceAll("\\A" + TokenizerJson.SPACE, TokenizerJson.SPACE + TokenizerJson.SPACE));
    }
    return normalizers;
  }

  private List<ObjectNode> preTokenizers(boolean everywhere) {
    List<ObjectNode> cuts = new ArrayList<>();
    if (pieces.normalization().dummyPrefix()) {
      cuts.add(TokenizerJson.metaspace(everywhere ? "always" : "first", false));
    }
    if (!userDefined().isEmpty()) {
      cuts.add(TokenizerJson.cut(userDefined().stream().map(SentencePieceJson::literal)
          .collect(Collectors.joining("|"))));
    }
    return cuts;
  }

  /** Pieces that stand whole wherever they are, the longest first. */
  private List<String> userDefined() {
    return pieces.pieces().stream().filter(piece -> piece.kind() == Kind.USER_DEFINED).map(Piece::text)
        .sorted(Comparator.comparing((String text) -> text.codePointCount(0, text.length())).reversed()).toList();
  }

  private static String literal(String text) {
    return text.replaceAll("[\\\\.\\[\\]{}()*+?^$|]", "\\\\$0");
  }
}
