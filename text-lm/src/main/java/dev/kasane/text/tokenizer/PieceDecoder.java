package dev.kasane.text.tokenizer;

import dev.kasane.text.tokenizer.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.SentencePieceModel.Piece;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Turns ids of a SentencePiece model back into text. */
final class PieceDecoder {
  /** What SentencePiece writes for what it did not know. */
  private static final String UNKNOWN = " \u2047 ";

  private final SentencePieceModel model;
  private final Map<Integer, String> added;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PieceDecoder(SentencePieceModel model, Map<Integer, String> added) {
    this.model = model;
    this.added = added;
  }

  String decode(int[] ids, boolean skipSpecial) {
    boolean atStart = true;
    for (int id : ids) {
      if (added.containsKey(id)) {
        if (!skipSpecial) {
          write(added.get(id));
        }
      } else if (id < model.pieces().size()) {
        write(model.pieces().get(id), atStart);
        atStart = false;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private void write(Piece piece, boolean atStart) {
    if (piece.kind() == Kind.BYTE) {
      out.write(Integer.parseInt(piece.text().substring(3, 5), 16));
    } else if (piece.kind() == Kind.UNKNOWN) {
      write(UNKNOWN);
    } else {
      String text = piece.text();
      boolean prefixed = atStart && text.startsWith(PieceNormalizer.SPACE)
          && (model.normalization().dummyPrefix() || model.normalization().removeExtraSpaces());
      write((prefixed ? text.substring(1) : text).replace(PieceNormalizer.SPACE, " "));
    }
  }

  private void write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
