package dev.kasane.text.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a long normalised text apart where no piece of a vocabulary can reach across, so that only as much of it as
 * a group is worked on at once.
 *
 * <p>Where no piece has the mark of a space behind another character, the place before a word's mark is such a
 * place: whatever is joined there would be such a piece. Other vocabularies get their texts whole.
 */
final class WordGroups {
  private static final int LENGTH = 1 << 16;
  private static final char SPACE = PieceNormalizer.SPACE.charAt(0);

  private final boolean wordsStandAlone;

  private WordGroups(boolean wordsStandAlone) {
    this.wordsStandAlone = wordsStandAlone;
  }

  static WordGroups of(SentencePieceModel model) {
    return new WordGroups(model.pieces().stream().noneMatch(piece -> reachesAcross(piece.text())));
  }

  private static boolean reachesAcross(String piece) {
    for (int i = 1; i < piece.length(); i++) {
      if (beginsWord(piece, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean beginsWord(String text, int at) {
    return text.charAt(at) == SPACE && text.charAt(at - 1) != SPACE;
  }

  /** The groups of a text, which together are the text. */
  List<String> of(String text) {
    if (text.length() <= LENGTH || !wordsStandAlone) {
      return List.of(text);
    }
    List<String> groups = new ArrayList<>();
    int from = 0;
    for (int at = 1; at < text.length(); at++) {
      if (at - from >= LENGTH && beginsWord(text, at)) {
        groups.add(text.substring(from, at));
        from = at;
      }
    }
    groups.add(text.substring(from));
    return groups;
  }
}
