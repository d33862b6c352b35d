package dev.kasane.text.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * What SentencePiece does to a text before it splits it: replaces characters, tidies spaces, marks them.
 *
 * <p>Works on UTF-8 bytes as the table of replacements does.
 */
final class PieceNormalizer {
  /** U+2581, which stands for a space within pieces. */
  static final String SPACE = "\u2581";

  private final SentencePieceModel.Normalization rules;
  private final CharacterTable table;
  private final PieceTrie userDefined;
  private final byte[] space;

  /**
   * @param userDefined pieces that are left as they are
   * @throws IllegalArgumentException when the table of characters is damaged
   */
  PieceNormalizer(SentencePieceModel.Normalization rules, Set<String> userDefined) {
    this.rules = rules;
    this.table = rules.characters().length == 0 ? null : new CharacterTable(rules.characters());
    this.userDefined = new PieceTrie();
    userDefined.forEach(piece -> this.userDefined.add(piece, 0));
    this.space = (rules.escapeSpaces() ? SPACE : " ").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The text as it is split.
   *
   * @param prefixAllowed whether the model's dummy prefix may be put before it
   */
  String normalize(String text, boolean prefixAllowed) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    int at = rules.removeExtraSpaces() ? afterSpaces(in) : 0;
    if (at >= in.length) {
      return "";
    }
    Output out = new Output(rules.removeExtraSpaces());
    boolean dummy = rules.dummyPrefix() && prefixAllowed;
    if (dummy && !rules.spaceAsSuffix()) {
      out.bytes.writeBytes(space);
    }
    while (at < in.length) {
      int length = prefixLength(in, at);
      out.add(prefix(in, at, length));
      at += length;
    }
    String normalized = rules.removeExtraSpaces() ? withoutSpacesAtEnd(out.text()) : out.text();
    return dummy && rules.spaceAsSuffix() ? normalized + new String(space, StandardCharsets.UTF_8) : normalized;
  }

  private final class Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean afterSpace;

    Output(boolean afterSpace) {
      this.afterSpace = afterSpace;
    }

    void add(byte[] part) {
      int from = 0;
      while (afterSpace && from < part.length && part[from] == ' ') {
        from++;
      }
      for (int i = from; i < part.length; i++) {
        if (part[i] == ' ') {
          bytes.writeBytes(space);
        } else {
          bytes.write(part[i]);
        }
      }
      if (from < part.length) {
        afterSpace = rules.removeExtraSpaces() && part[part.length - 1] == ' ';
      }
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private int afterSpaces(byte[] in) {
    int at = 0;
    while (at < in.length) {
      int length = prefixLength(in, at);
      if (!Arrays.equals(prefix(in, at, length), new byte[] {' '})) {
        return at;
      }
      at += length;
    }
    return at;
  }

  private int prefixLength(byte[] in, int at) {
    int kept = userDefined.longest(in, at);
    if (kept > 0) {
      return kept;
    }
    CharacterTable.Match match = table == null ? null : table.longest(in, at);
    return match == null ? Math.min(PieceTrie.characterLength(in[at]), in.length - at) : match.length();
  }

  private byte[] prefix(byte[] in, int at, int length) {
    CharacterTable.Match match =
        table == null || userDefined.longest(in, at) > 0 ? null : table.longest(in, at);
    return match == null ? Arrays.copyOfRange(in, at, at + length) : table.replacement(match);
  }

  private String withoutSpacesAtEnd(String text) {
    String mark = new String(space, StandardCharsets.UTF_8);
    int end = text.length();
    while (text.startsWith(mark, end - mark.length())) {
      end -= mark.length();
    }
    return text.substring(0, end);
  }
}
