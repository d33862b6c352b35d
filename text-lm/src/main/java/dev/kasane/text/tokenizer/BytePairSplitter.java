package dev.kasane.text.tokenizer;

import dev.kasane.text.tokenizer.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.SentencePieceModel.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Splits as SentencePiece's BPE does: of all neighbours that join to a piece, those with the highest score join
 * first, the leftmost of equals.
 */
final class BytePairSplitter implements PieceSplitter {
  private final SentencePieceModel model;
  private final PieceTrie userDefined = new PieceTrie();

  BytePairSplitter(SentencePieceModel model) {
    this.model = model;
    model.pieces().stream().filter(piece -> piece.kind() == Kind.USER_DEFINED)
        .forEach(piece -> userDefined.add(piece.text(), 0));
  }

  private static final class Symbol {
    private String text;
    private int before;
    private int after;
    private final boolean frozen;

    Symbol(String text, int before, int after, boolean frozen) {
      this.text = text;
      this.before = before;
      this.after = after;
      this.frozen = frozen;
    }
  }

  private record Pair(int left, int right, float score, int length) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      int byScore = Float.compare(other.score, score);
      return byScore != 0 ? byScore : Integer.compare(left, other.left);
    }
  }

  @Override
  public List<Split> split(String text) {
    return new Run(symbols(text)).split();
  }

  private List<Symbol> symbols(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Symbol> symbols = new ArrayList<>();
    for (int at = 0; at < bytes.length;) {
      int whole = userDefined.longest(bytes, at);
      int length = whole > 0 ? whole : Math.min(PieceTrie.characterLength(bytes[at]), bytes.length - at);
      int place = symbols.size();
      int after = at + length == bytes.length ? -1 : place + 1;
      symbols.add(new Symbol(new String(bytes, at, length, StandardCharsets.UTF_8), place - 1, after, whole > 0));
      at += length;
    }
    return symbols;
  }

  private final class Run {
    private final List<Symbol> symbols;
    private final PriorityQueue<Pair> agenda = new PriorityQueue<>();
    /** What pieces that exist only to be joined further were joined from. */
    private final Map<String, String[]> unusedParts = new HashMap<>();

    Run(List<Symbol> symbols) {
      this.symbols = symbols;
    }

    List<Split> split() {
      for (int i = 1; i < symbols.size(); i++) {
        offer(i - 1, i);
      }
      while (!agenda.isEmpty()) {
        join(agenda.poll());
      }
      List<Split> splits = new ArrayList<>();
      for (int i = symbols.isEmpty() ? -1 : 0; i >= 0; i = symbols.get(i).after) {
        emit(symbols.get(i).text, splits);
      }
      return splits;
    }

    private void offer(int left, int right) {
      if (left < 0 || right < 0 || symbols.get(left).frozen || symbols.get(right).frozen) {
        return;
      }
      String joined = symbols.get(left).text + symbols.get(right).text;
      Integer id = model.ids().get(joined);
      if (id == null || !joins(model.pieces().get(id).kind())) {
        return;
      }
      Piece piece = model.pieces().get(id);
      agenda.add(new Pair(left, right, piece.score(), joined.length()));
      if (piece.kind() == Kind.UNUSED) {
        unusedParts.put(joined, new String[] {symbols.get(left).text, symbols.get(right).text});
      }
    }

    private boolean joins(Kind kind) {
      return kind == Kind.NORMAL || kind == Kind.USER_DEFINED || kind == Kind.UNUSED;
    }

    private void join(Pair pair) {
      Symbol left = symbols.get(pair.left());
      Symbol right = symbols.get(pair.right());
      if (left.text.isEmpty() || right.text.isEmpty() || left.text.length() + right.text.length() != pair.length()) {
        return;
      }
      left.text += right.text;
      left.after = right.after;
      if (right.after >= 0) {
        symbols.get(right.after).before = pair.left();
      }
      right.text = "";
      offer(left.before, pair.left());
      offer(pair.left(), left.after);
    }

    private void emit(String text, List<Split> splits) {
      Integer id = model.ids().get(text);
      String[] parts = unusedParts.get(text);
      if (id != null && model.pieces().get(id).kind() == Kind.UNUSED && parts != null) {
        emit(parts[0], splits);
        emit(parts[1], splits);
      } else {
        splits.add(new Split(text, id == null ? model.unknownId() : id));
      }
    }
  }
}
