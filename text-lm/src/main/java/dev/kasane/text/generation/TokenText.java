package dev.kasane.text.generation;

import dev.kasane.text.tokenizer.Tokenizer;
import java.util.Arrays;

/**
 * The text of tokens that come one by one.
 *
 * <p>A character may be spread over several tokens and what a token looks like may depend on the one before
 * (a space, say). So the last few tokens are decoded together, and nothing is given out while the end of the
 * text is an unfinished character.
 */
final class TokenText {
  private static final int CONTEXT = 6;
  private static final String UNFINISHED = "\uFFFD";

  private final Tokenizer tokenizer;
  private int[] ids;
  private int count;
  private int contextStart;
  private int given;

  /** @param prompt the tokens before; they are context and give no text */
  TokenText(Tokenizer tokenizer, int[] prompt) {
    this.tokenizer = tokenizer;
    int[] last = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - CONTEXT), prompt.length);
    this.count = last.length;
    this.given = last.length;
    this.ids = Arrays.copyOf(last, last.length + CONTEXT);
  }

  /** Takes a token and returns the text that is complete now, often nothing. */
  String accept(int id) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = id;
    String fresh = fresh();
    if (fresh.isEmpty() || fresh.endsWith(UNFINISHED)) {
      return "";
    }
    contextStart = given;
    given = count;
    return fresh;
  }

  /** The text that was held back, when no more tokens come; a character may stay unfinished. */
  String rest() {
    String fresh = fresh();
    contextStart = given;
    given = count;
    return fresh;
  }

  private String fresh() {
    String before = tokenizer.decode(Arrays.copyOfRange(ids, contextStart, given), true);
    String all = tokenizer.decode(Arrays.copyOfRange(ids, contextStart, count), true);
    return all.startsWith(before) ? all.substring(before.length()) : all.substring(common(before, all));
  }

  /** How far two texts agree: a tokeniser that tidies up may change the end of the earlier one. */
  private static int common(String a, String b) {
    int at = 0;
    while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    return at;
  }
}
