package dev.kasane.text.tokenizer;

import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokeniser with added tokens for which its model has no embedding. Such a token is refused where a text has it;
 * one that only fills rows is never looked at, so another one takes its place.
 *
 * @param tokenizer the tokeniser
 * @param embeddings rows of the model's token embedding
 * @param folder the model's folder, for messages
 */
record FittedTokenizer(Tokenizer tokenizer, long embeddings, Path folder) implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecial) {
    int[] ids = tokenizer.encode(text, addSpecial);
    check(ids);
    return ids;
  }

  @Override
  public TokenSpans place(String text, boolean addSpecial) {
    TokenSpans tokens = tokenizer.place(text, addSpecial);
    check(tokens.ids());
    return tokens;
  }

  private void check(int[] ids) {
    for (int id : ids) {
      if (id >= embeddings) {
        throw refusal(id);
      }
    }
  }

  private UserException refusal(int id) {
    return new UserException("A text has the token " + VisibleText.quote(tokenizer.addedTokens().getOrDefault(id, ""))
        + " with the id " + id + ", but the embedding of the model in " + folder + " has only " + embeddings
        + " rows: the token was added and the model not made larger. Take it out of the texts, or use weights that"
        + " were tuned with it.");
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    return tokenizer.decode(ids, skipSpecial);
  }

  @Override
  public OptionalInt endOfTextId() {
    return tokenizer.endOfTextId();
  }

  @Override
  public Set<Integer> endOfTextIds() {
    return tokenizer.endOfTextIds();
  }

  @Override
  public OptionalInt beginningOfTextId() {
    return tokenizer.beginningOfTextId();
  }

  @Override
  public OptionalInt paddingId() {
    return tokenizer.paddingId().stream().filter(id -> id < embeddings).findFirst();
  }

  @Override
  public int vocabularySize() {
    return tokenizer.vocabularySize();
  }

  @Override
  public Map<Integer, String> addedTokens() {
    return tokenizer.addedTokens();
  }

  @Override
  public Map<String, String> specialTokens() {
    return tokenizer.specialTokens();
  }
}
