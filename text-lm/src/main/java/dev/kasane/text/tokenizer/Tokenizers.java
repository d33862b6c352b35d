package dev.kasane.text.tokenizer;

import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.TokenizerDescription;
import dev.kasane.text.tokenizer.older.OlderFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens the tokeniser of a Hugging Face model folder. */
public final class Tokenizers {
  /** How many tokens a notice names. */
  private static final int NAMED = 3;

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
   * Fits a tokeniser to the model it is to feed.
   *
   * @param embeddings rows of the model's token embedding; models round it up, so it may have more than the
   *     tokeniser has ids
   * @param notices gets a line that names the added tokens for which the model has no embedding, if there are any
   * @return the tokeniser; those tokens are refused where a text has one
   * @throws UserException when the tokeniser's own vocabulary has ids, or a mark that begins or ends a text an id, for
   *     which the model has no embedding
   */
  public static Tokenizer fitted(Tokenizer tokenizer, long embeddings, Path folder, Consumer<String> notices) {
    SortedMap<Integer, String> beyond = new TreeMap<>(tokenizer.addedTokens());
    beyond.keySet().removeIf(id -> id < embeddings);
    if (tokenizer.vocabularySize() - beyond.size() > embeddings) {
      throw new FileFault(folder, "the tokeniser has " + tokenizer.vocabularySize()
          + " tokens, the model's embedding only " + embeddings
          + " rows. The files are of two models; take tokeniser and weights from the same one.");
    }
    Stream.of(tokenizer.beginningOfTextId(), tokenizer.endOfTextId())
        .flatMapToInt(OptionalInt::stream).filter(id -> id >= embeddings).findFirst().ifPresent(id -> {
          String mark = beyond.get(id);
          throw new FileFault(folder, "its files give a mark that begins or ends a text the id " + id
              + ", but the model's embedding has only " + embeddings + " rows. Correct "
              + (mark == null ? "the ids in " + TokenizerFiles.GENERATION + " or " + TokenizerFiles.MODEL
                  : "the mark " + VisibleText.quote(mark) + " in " + TokenizerFiles.CONFIGURATION) + ".");
        });
    if (!beyond.isEmpty()) {
      notices.accept(folder + ": the model has no embedding for " + beyond.size() + " added token"
          + (beyond.size() == 1 ? " (" : "s (")
          + beyond.values().stream().limit(NAMED).map(VisibleText::quote).collect(Collectors.joining(", "))
          + (beyond.size() > NAMED ? ", \u2026" : "") + "); a text that has one is refused.");
    }
    boolean fits = beyond.isEmpty() && tokenizer.paddingId().stream().allMatch(id -> id < embeddings);
    return fits ? tokenizer : new FittedTokenizer(tokenizer, embeddings, folder);
  }
}
