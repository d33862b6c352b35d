package dev.kasane.text.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;

/**
 * Checks a {@code tokenizer.json} before Hugging Face's library gets it. The library is native code that ends the
 * whole program, or never ends, where it meets what its authors took for impossible; files come from strangers. So
 * whatever is known to do that is refused here: searches that may take too long, texts that grow without bound,
 * components whose numbers lead outside of what they count.
 */
public final class TokenizerCheck {
  /** The highest id of a token. */
  public static final int MOST_ID = 100_000_000;
  private static final int LONGEST_TOKEN = 100_000;
  /** WordPiece tries every part of a word up to this length; 100 is usual. */
  private static final int LONGEST_WORD = 1_000;

  private TokenizerCheck() {}

  /**
   * Checks the ids that a file gives.
   *
   * @throws UserException that names the token whose id is refused
   */
  public static void checkIds(Path file, ObjectNode json) {
    TokenizerPart whole = new TokenizerPart(file, "", json);
    TokenizerPart vocabulary = whole.child("model").child("vocab");
    vocabulary.json().fields().forEachRemaining(token -> requireId(vocabulary, token.getKey(), token.getValue()));
    whole.child("added_tokens").elements()
        .forEach(token -> requireId(token, token.text("content"), token.json().path("id")));
  }

  /**
   * Checks all but the ids.
   *
   * @param highest the highest id of vocabulary and added tokens
   * @param most characters of the longest text that would be given to the library at once
   * @return characters of the longest text that may be: where normalisers make texts longer and searches in such a text
   *     could take too long, as many fewer as they make it longer
   * @throws UserException that names the part which is refused
   */
  public static int check(Path file, ObjectNode json, int highest, int most) {
    TokenizerPart whole = new TokenizerPart(file, "", json);
    NormalizerCheck normalizer = NormalizerCheck.of(whole);
    int least = (int) (most * most / normalizer.check(most));
    try {
      checkTexts(whole, normalizer, most);
      least = most;
    } catch (UserException e) {
      checkTexts(whole, normalizer, least);
    }
    model(whole.child("model"));
    addedTokens(whole.child("added_tokens"), normalizer);
    whole.components(ComponentKind.POST_PROCESSOR)
        .forEach(component -> MarksCheck.check(component, highest));
    DecoderCheck.check(whole, most);
    return least;
  }

  private static void checkTexts(TokenizerPart whole, NormalizerCheck normalizer, int longest) {
    double length = normalizer.check(longest);
    for (TokenizerPart component : whole.components(ComponentKind.PRE_TOKENIZER)) {
      preTokenizer(component, length);
    }
  }

  private static void preTokenizer(TokenizerPart component, double length) {
    if (component.isType("Split")) {
      PatternCheck.check(component, length);
    } else if (component.isType("FixedLength") && component.json().has("length")) {
      component.number("length", 1, Integer.MAX_VALUE);
    }
  }

  private static void model(TokenizerPart model) {
    if (model.json().has("max_input_chars_per_word")) {
      model.number("max_input_chars_per_word", 0, LONGEST_WORD);
    }
    String prefix = model.text("continuing_subword_prefix");
    if (!prefix.isEmpty()) {
      model.child("merges").elements().forEach(merge -> requirePrefix(merge, prefix));
    }
  }

  private static void requirePrefix(TokenizerPart merge, String prefix) {
    String pair = merge.json().asText();
    String right = merge.json().isTextual() ? pair.substring(pair.indexOf(' ') + 1) : merge.json().path(1).asText();
    if (!right.startsWith(prefix)) {
      throw merge.refusal("joins " + TokenizerPart.quote(right) + ", which does not begin with the prefix "
          + TokenizerPart.quote(prefix) + " that continues a word");
    }
  }

  private static void requireId(TokenizerPart vocabulary, String token, JsonNode id) {
    if (!id.isInt() || id.asInt() < 0 || id.asInt() > MOST_ID || token.length() > LONGEST_TOKEN) {
      throw vocabulary.refusal("gives " + TokenizerPart.quote(token) + " the id " + TokenizerPart.quote(id.toString())
          + ", expected a whole number from 0 to " + MOST_ID + " for a text of at most " + LONGEST_TOKEN
          + " characters");
    }
  }

  private static void addedTokens(TokenizerPart tokens, NormalizerCheck normalizer) {
    for (TokenizerPart token : tokens.elements()) {
      String text = token.text("content");
      if (token.json().path("normalized").asBoolean(true) && !text.isEmpty() && !normalizer.leaves(text)) {
        throw token.refusal("is searched for in normalised texts, but the normalisers leave nothing of "
            + TokenizerPart.quote(text));
      }
      if (token.json().path("lstrip").asBoolean() && text.isBlank()) {
        throw token.refusal("is made of spaces and takes the spaces before it");
      }
    }
  }
}
