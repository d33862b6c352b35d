package dev.kasane.text.tokenizer;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A tokeniser of a model's folder: what its files say of marks is the same for every kind of vocabulary. */
abstract class FolderTokenizer implements Tokenizer {
  private final SpecialTokens special;
  private final int size;
  private final Map<Integer, String> added;

  /**
   * @param special the marks that the folder's files name
   * @param size how many ids there are
   */
  FolderTokenizer(SpecialTokens special, int size) {
    this(special, size, Map.of());
  }

  FolderTokenizer(SpecialTokens special, AddedVocabulary vocabulary) {
    this(special, vocabulary.size(), vocabulary.texts());
  }

  private FolderTokenizer(SpecialTokens special, int size, Map<Integer, String> added) {
    this.special = special;
    this.size = size;
    this.added = added;
  }

  /** The marks. */
  final SpecialTokens special() {
    return special;
  }

  @Override
  public OptionalInt endOfTextId() {
    return special.end();
  }

  @Override
  public Set<Integer> endOfTextIds() {
    return special.ends();
  }

  @Override
  public OptionalInt beginningOfTextId() {
    return special.beginning();
  }

  @Override
  public OptionalInt paddingId() {
    return special.padding();
  }

  @Override
  public Map<String, String> specialTokens() {
    return special.texts();
  }

  @Override
  public Map<Integer, String> addedTokens() {
    return added;
  }

  @Override
  public int vocabularySize() {
    return size;
  }
}
