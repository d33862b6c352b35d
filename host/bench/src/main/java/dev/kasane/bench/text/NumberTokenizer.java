package dev.kasane.bench.text;

import dev.kasane.text.tokenizer.TokenSpans;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Every token is a number: a tokeniser for a model that was never taught words. No text ever ends. */
record NumberTokenizer(int vocabularySize) implements Tokenizer {
  @Override
  public int[] encode(String text, boolean addSpecial) {
    return Arrays.stream(text.strip().split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @Override
  public TokenSpans place(String text, boolean addSpecial) {
    throw new UnsupportedOperationException("numbers have no places");
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    return Arrays.stream(ids).mapToObj(id -> id + " ").collect(Collectors.joining());
  }

  @Override
  public OptionalInt endOfTextId() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt beginningOfTextId() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt paddingId() {
    return OptionalInt.empty();
  }
}
