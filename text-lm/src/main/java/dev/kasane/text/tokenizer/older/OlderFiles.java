package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.AddedToken;
import dev.kasane.text.tokenizer.file.ClassRules;
import dev.kasane.text.tokenizer.file.SideFiles;
import dev.kasane.text.tokenizer.file.TokenizerClass;
import dev.kasane.text.tokenizer.file.TokenizerDescription;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A tokeniser in the files that came before {@code tokenizer.json}: {@code vocab.json} with {@code merges.txt}, a
 * SentencePiece model, or tiktoken's. They hold a vocabulary and hardly more; the rest is what transformers 5 does for
 * the class of the tokeniser, brought into one tokenizer.json.
 */
public final class OlderFiles {
  private static final String TIKTOKEN = ".tiktoken";
  private static final List<String> MODELS =
      List.of(TokenizerFiles.SENTENCE_PIECE, TokenizerFiles.SENTENCE_PIECE_T5, "tiktoken.model");

  /** Llama 3 has 256 marks. */
  private static final int MOST_MARKS = 100_000;

  private final Path folder;
  private final TokenizerClass kind;
  private final SideFiles files;

  private OlderFiles(Path folder) {
    this.folder = folder;
    this.kind = TokenizerClass.ofOlderFiles(folder);
    this.files = SideFiles.read(folder, MissingNode.getInstance());
    kind.addDefaults(files);
  }

  /**
   * The tokeniser of a folder; empty where none of these files is there.
   *
   * @throws UserException when a file is damaged, or does not go with the class of the tokeniser
   */
  public static Optional<TokenizerDescription> read(Path folder) {
    Optional<Path> model = MODELS.stream().map(folder::resolve).filter(Files::exists).findFirst();
    boolean bytePairs = BytePairFiles.areIn(folder);
    if (model.isEmpty() && !bytePairs) {
      refuseTiktoken(folder);
      return Optional.empty();
    }
    OlderFiles older = new OlderFiles(folder);
    return Optional.of(model.isEmpty() || bytePairs && older.kind.readsBytePairs()
        ? older.bytePairs() : older.ofModel(model.get()));
  }

  /** Qwen's first tokeniser has its words in a program of its own. */
  private static void refuseTiktoken(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(file -> file.getFileName().toString().endsWith(TIKTOKEN)).findFirst().ifPresent(file -> {
        throw new UserException(folder + " has a tokeniser in tiktoken's form ("
            + VisibleText.of(file.getFileName().toString()) + "), whose rules are in the model's own code. "
            + TokenizerClass.ADVICE);
      });
    } catch (IOException e) {
      throw new UserException("Cannot list " + folder + ": " + FileFaults.reason(e) + ".", e);
    }
  }

  private TokenizerDescription bytePairs() {
    Path vocabulary = folder.resolve(TokenizerFiles.VOCABULARY);
    if (!kind.readsBytePairs()) {
      throw new UserException(vocabulary + " and " + TokenizerFiles.MERGES + " do not say how texts are cut into words,"
          + " and no file names a tokenizer_class that reads them; found " + kind.className()
          + ". Set tokenizer_class in " + TokenizerFiles.CONFIGURATION + " to that of the model, such as GPT2Tokenizer"
          + " or Qwen2Tokenizer. Or: " + TokenizerClass.ADVICE);
    }
    return describe(vocabulary, files,
        ClassRules.rebuilt(kind, files.settings(), TokenizerJson.ofModel(BytePairFiles.model(folder)), vocabulary));
  }

  private TokenizerDescription ofModel(Path file) {
    if (TiktokenFile.isSuch(TokenizerFiles.readBytes(file))) {
      ObjectNode json = TiktokenFile.read(file);
      json.set("added_tokens", tiktokenMarks(file, json.path("model").path("vocab").size()));
      return describe(file, files, json);
    }
    if (kind.readsBytePairs()) {
      throw new UserException(folder + " has " + file.getFileName() + ", but a tokeniser of the class "
          + kind.className() + " reads " + TokenizerFiles.VOCABULARY + " and " + TokenizerFiles.MERGES
          + ", which are not there. Take all files of the tokeniser from one model. Or: " + TokenizerClass.ADVICE);
    }
    SentencePieceFolder pieces = SentencePieceFolder.of(file, kind, files);
    return describe(file, pieces.files(), pieces.json());
  }

  /**
   * The marks after tiktoken's ranks: those that are listed, at their ids, with placeholders between them; then what
   * else is special.
   */
  private ArrayNode tiktokenMarks(Path file, int first) {
    int last = files.listed().isEmpty() ? -1 : files.listed().lastKey();
    if (last - first > MOST_MARKS) {
      throw new UserException(folder + " lists an added token with the id " + last + ", where " + file.getFileName()
          + " has " + first + " tokens; at most " + MOST_MARKS + " may lie between. Fetch the tokeniser's files again.");
    }
    Set<String> texts = new LinkedHashSet<>();
    for (int id = first; id <= last; id++) {
      AddedToken listed = files.listed().get(id);
      texts.add(listed == null ? "<|reserved_token_" + id + "|>" : listed.content());
    }
    if (files.settings().has(SideFiles.EXTRA)) {
      files.extra().forEach(token -> texts.add(token.content()));
    }
    ArrayNode marks = JsonNodeFactory.instance.arrayNode();
    texts.forEach(text -> marks.add(TokenizerJson.specialToken(first + marks.size(), text)));
    return marks;
  }

  private TokenizerDescription describe(Path origin, SideFiles side, ObjectNode json) {
    return TokenizerDescription.of(folder, origin, kind, side, json);
  }
}
