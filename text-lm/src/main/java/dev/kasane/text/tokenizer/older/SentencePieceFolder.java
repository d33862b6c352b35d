package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.AddedToken;
import dev.kasane.text.tokenizer.file.ClassRules;
import dev.kasane.text.tokenizer.file.SideFiles;
import dev.kasane.text.tokenizer.file.TokenizerClass;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Algorithm;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.older.SentencePieceModel.Piece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A SentencePiece model as a class of tokenisers uses it.
 *
 * @param json the equivalent tokenizer.json, without added tokens and marks
 * @param files what the files beside it say, with the tokens and marks that the model itself names
 */
record SentencePieceFolder(ObjectNode json, SideFiles files) {
  private static final int USUAL_SENTINELS = 100;
  private static final int MOST_SENTINELS = 100_000;

  /**
   * Reads a model.
   *
   * @throws UserException when it is damaged, or not of the sort that the class works with
   */
  static SentencePieceFolder of(Path file, TokenizerClass kind, SideFiles files) {
    SentencePieceModel model = SentencePieceModel.read(file);
    if (model.normalization().spaceAsSuffix()) {
      throw new UserException(file + " counts spaces to the words before them, which is not done here. "
          + TokenizerClass.ADVICE);
    }
    return switch (kind) {
      case AS_WRITTEN -> asWritten(file, model, files);
      case T5 -> t5(file, model, files);
      default -> byClass(file, model, kind, files);
    };
  }

  private static SentencePieceFolder asWritten(Path file, SentencePieceModel model, SideFiles files) {
    SentencePieceModel named =
        model.algorithm() == Algorithm.BYTE_PAIR ? model.renamed(file, files.listed()) : model;
    model.marks().forEach((role, text) -> {
      if (!files.settings().has(role)) {
        files.settings().put(role, text);
      }
    });
    SideFiles searched = named.normalization().dummyPrefix() ? foundAsTheyCame(files) : files;
    // Pieces that stand whole are cut out after the prefix, by the pre-tokenizer.
    addTokens(searched, named.pieces().stream().filter(piece -> piece.kind() == Kind.CONTROL).toList());
    boolean everywhere = files.settings().path("legacy").asBoolean(true);
    return new SentencePieceFolder(new SentencePieceJson(named).asWritten(everywhere), searched);
  }

  /** The files with added tokens that are searched for in the text as it came, so that each part gets its prefix. */
  private static SideFiles foundAsTheyCame(SideFiles files) {
    SortedMap<Integer, AddedToken> listed = new TreeMap<>();
    files.listed().forEach((id, token) -> listed.put(id, new AddedToken(token.content(), token.special(),
        token.lstrip(), token.rstrip(), token.singleWord(), false)));
    return new SideFiles(files.settings(), listed, files.described(), files.specific());
  }

  private static SentencePieceFolder t5(Path file, SentencePieceModel model, SideFiles files) {
    require(file, model, Algorithm.UNIGRAM, TokenizerClass.T5);
    List<Piece> tokens = new ArrayList<>(tokens(model));
    List<String> sentinels = sentinels(file, model, files.settings());
    sentinels.forEach(sentinel -> tokens.add(new Piece(sentinel, 0, Kind.CONTROL)));
    addTokens(files, tokens);
    SentencePieceJson pieces = new SentencePieceJson(model);
    ObjectNode bare = TokenizerJson.of(pieces.characters(), List.of(), pieces.unigram(sentinels), List.of());
    return new SentencePieceFolder(ClassRules.rebuilt(TokenizerClass.T5, files.settings(), bare, file), files);
  }

  /** T5's marks for what is left out of a text, which its class adds to the vocabulary, the last one first. */
  private static List<String> sentinels(Path file, SentencePieceModel model, ObjectNode settings) {
    int count = settings.path("extra_ids").asInt(USUAL_SENTINELS);
    boolean own = model.pieces().stream().anyMatch(piece -> piece.text().startsWith("<extra_id_"));
    if (count < 0 || count > MOST_SENTINELS || count > 0 && own) {
      throw new UserException(file + (own ? " has sentinels <extra_id_…> of its own" : " has none of its sentinels")
          + ", and extra_ids in " + TokenizerFiles.CONFIGURATION + " is " + count + " (" + USUAL_SENTINELS
          + " where it is missing), expected " + (own ? 0 : "0 to " + MOST_SENTINELS) + ". Correct extra_ids.");
    }
    return IntStream.rangeClosed(1, count).mapToObj(i -> "<extra_id_" + (count - i) + ">").toList();
  }

  private static SentencePieceFolder byClass(Path file, SentencePieceModel model, TokenizerClass kind,
      SideFiles files) {
    addTokens(files, tokens(model));
    SentencePieceJson pieces = new SentencePieceJson(model);
    ObjectNode json = ClassRules.rebuilt(kind, files.settings(),
        TokenizerJson.ofModel(pieces.bytePairs(PieceMerges.byId(model))), file);
    if (kind == TokenizerClass.LLAMA && model.algorithm() == Algorithm.UNIGRAM) {
      // Transformers 5 joins such pieces by BPE, in the order of ids: not as any model was trained.
      json.set("model", pieces.unigram(List.of()));
      json.set("normalizer", pieces.characters().stream().findFirst().orElse(null));
    } else {
      require(file, model, Algorithm.BYTE_PAIR, kind);
    }
    return new SentencePieceFolder(json, files);
  }

  private static void require(Path file, SentencePieceModel model, Algorithm algorithm, TokenizerClass kind) {
    if (model.algorithm() != algorithm) {
      throw new UserException(file + " is a SentencePiece model of the kind " + model.algorithm()
          + ", but a tokeniser of the class " + kind.className() + " works with " + algorithm
          + ". Take all files of the tokeniser from one model.");
    }
  }

  /** What is searched for in a text before it is split. */
  private static List<Piece> tokens(SentencePieceModel model) {
    return model.pieces().stream()
        .filter(piece -> piece.kind() == Kind.CONTROL || piece.kind() == Kind.USER_DEFINED).toList();
  }

  /** Adds them, where no file lists any. */
  private static void addTokens(SideFiles files, List<Piece> tokens) {
    if (files.settings().has(SideFiles.EXTRA)) {
      return;
    }
    ArrayNode extra = files.settings().putArray(SideFiles.EXTRA);
    tokens.forEach(piece -> extra.addObject().put("content", piece.text()).put("normalized", false)
        .put("special", piece.kind() == Kind.CONTROL));
  }
}
