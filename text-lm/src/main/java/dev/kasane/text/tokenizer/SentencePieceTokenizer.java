package dev.kasane.text.tokenizer;

import dev.kasane.core.UserException;
import dev.kasane.text.tokenizer.SentencePieceModel.Algorithm;
import dev.kasane.text.tokenizer.SentencePieceModel.Kind;
import dev.kasane.text.tokenizer.SentencePieceModel.Piece;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** A tokeniser that a SentencePiece model describes, with the marks that Hugging Face's files add to it. */
final class SentencePieceTokenizer extends FolderTokenizer {
  private final SentencePieceModel model;
  private final PieceNormalizer normalizer;
  private final PieceSplitter splitter;
  private final WordGroups groups;
  private final AddedTokens added;
  private final Map<Integer, String> addedTexts = new HashMap<>();
  private final boolean prefixEverywhere;

  private SentencePieceTokenizer(SentencePieceModel model, PieceNormalizer normalizer, AddedTokens added,
      SpecialTokens special, boolean prefixEverywhere) {
    super(special, Math.max(model.pieces().size(),
        added.ids().values().stream().mapToInt(id -> id + 1).max().orElse(0)));
    this.model = model;
    this.normalizer = normalizer;
    this.splitter =
        model.algorithm() == Algorithm.UNIGRAM ? new UnigramSplitter(model) : new BytePairSplitter(model);
    this.groups = WordGroups.of(model);
    this.added = added;
    this.prefixEverywhere = prefixEverywhere;
    added.ids().forEach((text, id) -> addedTexts.put(id, text));
  }

  /**
   * Reads a model file and the files beside it.
   *
   * @throws UserException when it is damaged or of an unknown kind
   */
  static SentencePieceTokenizer read(Path folder, Path file) {
    SentencePieceModel model = SentencePieceModel.read(file);
    Set<String> userDefined = model.pieces().stream().filter(piece -> piece.kind() == Kind.USER_DEFINED)
        .map(Piece::text).collect(Collectors.toSet());
    AddedTokens listed = AddedTokens.read(folder);
    SpecialTokens special = SpecialTokens.read(folder, token -> id(token, model, listed));
    Map<String, Integer> all = new HashMap<>(listed.ids());
    model.pieces().stream().filter(piece -> piece.kind() == Kind.CONTROL)
        .forEach(piece -> all.putIfAbsent(piece.text(), model.ids().get(piece.text())));
    boolean legacy = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION))
        .path("legacy").asBoolean(true);
    try {
      return new SentencePieceTokenizer(model, new PieceNormalizer(model.normalization(), userDefined),
          new AddedTokens(all), special, legacy);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + " is no SentencePiece model: " + e.getMessage() + ". Fetch it again.", e);
    }
  }

  private static OptionalInt id(String token, SentencePieceModel model, AddedTokens added) {
    Integer id = added.ids().getOrDefault(token, model.ids().get(token));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public int[] encode(String text, boolean addSpecial) {
    List<Integer> ids = new ArrayList<>();
    if (addSpecial && !Boolean.FALSE.equals(special().addBeginning())) {
      special().beginning().ifPresent(ids::add);
    }
    boolean first = true;
    for (AddedTokens.Piece piece : added.split(text)) {
      if (piece.isToken()) {
        ids.add(piece.id());
      } else {
        encodeText(normalizer.normalize(piece.text(), first || prefixEverywhere), ids);
      }
      first = false;
    }
    if (addSpecial && Boolean.TRUE.equals(special().addEnd())) {
      special().end().ifPresent(ids::add);
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private void encodeText(String normalized, List<Integer> ids) {
    boolean unknownBefore = false;
    for (String group : groups.of(normalized)) {
      unknownBefore = encodeGroup(group, unknownBefore, ids);
    }
  }

  /** Whether the last piece of a group was unknown. */
  private boolean encodeGroup(String group, boolean afterUnknown, List<Integer> ids) {
    boolean unknownBefore = afterUnknown;
    for (PieceSplitter.Split split : splitter.split(group)) {
      boolean unknown = split.id() == model.unknownId();
      if (unknown && model.byteFallback()) {
        for (byte part : split.text().getBytes(StandardCharsets.UTF_8)) {
          ids.add(model.ids().getOrDefault(String.format("<0x%02X>", part & 0xFF), model.unknownId()));
        }
      } else if (!unknown || !unknownBefore) {
        // A run of unknown characters is one unknown piece.
        ids.add(split.id());
      }
      unknownBefore = unknown;
    }
    return unknownBefore;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    int[] known = TokenIds.known(ids, vocabularySize()).toArray();
    return new PieceDecoder(model, addedTexts).decode(known, skipSpecial);
  }
}
