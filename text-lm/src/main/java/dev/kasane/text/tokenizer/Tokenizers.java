package dev.kasane.text.tokenizer;

import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Opens the tokeniser of a Hugging Face model folder. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Opens {@code tokenizer.json}; where there is none, a SentencePiece model ({@code tokenizer.model} or {@code
   * spiece.model}), or {@code vocab.json} with {@code merges.txt}.
   *
   * @param folder a model's folder
   * @throws UserException when none of them is there or one is damaged
   */
  public static Tokenizer open(Path folder) {
    Path single = folder.resolve(TokenizerFiles.SINGLE_FILE);
    if (Files.exists(single)) {
      return JsonTokenizer.of(folder, single, TokenizerFiles.readObject(single));
    }
    Optional<TokenizerDescription> older = OlderFiles.read(folder);
    if (older.isPresent()) {
      return JsonTokenizer.of(older.get());
    }
    throw new UserException(folder + " has no tokeniser: expected " + TokenizerFiles.SINGLE_FILE + ", "
        + TokenizerFiles.SENTENCE_PIECE + ", " + TokenizerFiles.SENTENCE_PIECE_T5 + ", or "
        + TokenizerFiles.VOCABULARY + " and " + TokenizerFiles.MERGES
        + ". Put the tokeniser's files of the same model into the folder.");
  }

  /**
   * Checks a tokeniser against the model it is to feed.
   *
   * @param embeddings rows of the model's token embedding; models round it up, so it may have more than the
   *     tokeniser has ids
   * @throws UserException when the tokeniser has ids, or a mark an id, for which the model has no embedding
   */
  public static void checkFits(Tokenizer tokenizer, long embeddings, Path folder) {
    if (tokenizer.vocabularySize() > embeddings) {
      throw new UserException(folder + ": the tokeniser has " + tokenizer.vocabularySize()
          + " tokens, the model's embedding only " + embeddings
          + " rows. The files are of two models; take tokeniser and weights from the same one.");
    }
    Stream.of(tokenizer.beginningOfTextId(), tokenizer.endOfTextId(), tokenizer.paddingId())
        .flatMapToInt(OptionalInt::stream).filter(id -> id >= embeddings).findFirst().ifPresent(id -> {
          throw new UserException(folder + ": its files give a mark that begins, ends or fills a text the id " + id
              + ", but the model's embedding has only " + embeddings + " rows. Correct the ids in "
              + TokenizerFiles.GENERATION + " or " + TokenizerFiles.MODEL + ".");
        });
  }
}
