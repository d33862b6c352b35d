package dev.kasane.text.tokenizer.older;

import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.AddedToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a SentencePiece {@code .model} file says: the message {@code ModelProto} of sentencepiece_model.proto.
 *
 * @param pieces the vocabulary in the order of ids
 * @param ids id by text
 * @param algorithm how a text is split
 * @param byteFallback whether characters outside the vocabulary become pieces of a byte each
 * @param unknownId what else they become
 * @param normalization what is done to a text first
 * @param marks the texts of {@code bos_token}, {@code eos_token} and {@code unk_token} as far as it has them
 */
record SentencePieceModel(List<Piece> pieces, Map<String, Integer> ids, Algorithm algorithm, boolean byteFallback,
    int unknownId, Normalization normalization, Map<String, String> marks) {
  /** Ways to split a text that are known here, by their number in the file. */
  enum Algorithm { UNIGRAM, BYTE_PAIR }

  /** Kinds of pieces, by their number in the file less one. */
  enum Kind { NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE }

  /**
   * One entry of the vocabulary.
   *
   * @param score logarithm of its probability, or minus its rank among merges
   */
  record Piece(String text, float score, Kind kind) {}

  /**
   * What is done to a text before it is split.
   *
   * @param characters the compiled table of replacements, empty for none
   * @param dummyPrefix whether a space is put before the text
   * @param removeExtraSpaces whether spaces at the ends and repeated ones go
   * @param escapeSpaces whether spaces become U+2581
   * @param spaceAsSuffix whether spaces belong to the word before them
   */
  record Normalization(byte[] characters, boolean dummyPrefix, boolean removeExtraSpaces, boolean escapeSpaces,
      boolean spaceAsSuffix) {}

  private static final int MOST_PIECES = 4_000_000;
  /** SentencePiece trains pieces of at most 512 characters, most often 16. */
  private static final int LONGEST_PIECE = 4_096;

  /**
   * The model with other texts for some pieces: files beside a model give its placeholders their names. A name that
   * another piece has, and keeps, is left to that one.
   *
   * @throws UserException when two pieces would have the same name
   */
  SentencePieceModel renamed(Path file, Map<Integer, AddedToken> names) {
    List<Piece> named = new ArrayList<>(pieces);
    names.forEach((id, token) -> {
      Integer other = ids.get(token.content());
      if (id < named.size() && (other == null || names.containsKey(other))) {
        named.set(id, new Piece(token.content(), named.get(id).score(), named.get(id).kind()));
      }
    });
    Map<String, Integer> namedIds = new HashMap<>();
    for (int id = 0; id < named.size(); id++) {
      if (namedIds.put(named.get(id).text(), id) != null) {
        throw new FileFault(file, "the files beside it give " + VisibleText.quote(named.get(id).text())
            + " two ids. Fetch the tokeniser's files again.");
      }
    }
    return new SentencePieceModel(List.copyOf(named), Map.copyOf(namedIds), algorithm, byteFallback, unknownId,
        normalization, marks);
  }

  /**
   * Reads a file.
   *
   * @throws UserException when it is no SentencePiece model or splits by words or single characters
   */
  static SentencePieceModel read(Path file) {
    return new Reader(file).read(TokenizerFiles.readBytes(file));
  }

  private static final class Reader {
    private final Path file;
    private final List<Piece> pieces = new ArrayList<>();
    private int algorithm = 1;
    private boolean byteFallback;
    private boolean spaceAsSuffix;
    private byte[] characters = {};
    private boolean dummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private boolean escapeSpaces = true;
    private boolean begins = true;
    private boolean ends = true;
    private String beginning = "<s>";
    private String end = "</s>";

    Reader(Path file) {
      this.file = file;
    }

    SentencePieceModel read(byte[] bytes) {
      try {
        ProtobufFields.visit(bytes, field -> {
          switch (field.number()) {
            case 1 -> piece(field.bytes());
            case 2 -> ProtobufFields.visit(field.bytes(), this::trainer);
            case 3 -> ProtobufFields.visit(field.bytes(), this::normalizer);
            default -> { }
          }
        });
      } catch (IllegalArgumentException e) {
        throw damaged(e.getMessage());
      }
      return model();
    }

    private void piece(byte[] bytes) {
      String[] text = {""};
      float[] score = {0};
      int[] kind = {1};
      ProtobufFields.visit(bytes, field -> {
        switch (field.number()) {
          case 1 -> text[0] = new String(field.bytes(), StandardCharsets.UTF_8);
          case 2 -> score[0] = field.asFloat();
          case 3 -> kind[0] = (int) field.value();
          default -> { }
        }
      });
      if (text[0].isEmpty() || kind[0] < 1 || kind[0] > Kind.values().length || Float.isNaN(score[0])
          || pieces.size() == MOST_PIECES || text[0].length() > LONGEST_PIECE) {
        throw damaged("piece " + pieces.size() + " is empty or too long, of unknown kind " + kind[0]
            + " or one too many");
      }
      pieces.add(new Piece(text[0], score[0], Kind.values()[kind[0] - 1]));
    }

    private void trainer(ProtobufFields.Field field) {
      switch (field.number()) {
        case 3 -> algorithm = (int) field.value();
        case 24 -> spaceAsSuffix = field.value() != 0;
        case 35 -> byteFallback = field.value() != 0;
        case 41 -> begins = (int) field.value() >= 0;
        case 42 -> ends = (int) field.value() >= 0;
        case 46 -> beginning = new String(field.bytes(), StandardCharsets.UTF_8);
        case 47 -> end = new String(field.bytes(), StandardCharsets.UTF_8);
        default -> { }
      }
    }

    private void normalizer(ProtobufFields.Field field) {
      switch (field.number()) {
        case 2 -> characters = field.bytes();
        case 3 -> dummyPrefix = field.value() != 0;
        case 4 -> removeExtraSpaces = field.value() != 0;
        case 5 -> escapeSpaces = field.value() != 0;
        default -> { }
      }
    }

    private SentencePieceModel model() {
      Map<String, Integer> ids = new HashMap<>();
      int unknown = -1;
      for (int id = 0; id < pieces.size(); id++) {
        if (ids.putIfAbsent(pieces.get(id).text(), id) != null) {
          throw damaged("piece " + VisibleText.quote(pieces.get(id).text()) + " stands twice");
        }
        unknown = pieces.get(id).kind() == Kind.UNKNOWN ? id : unknown;
      }
      if (unknown < 0) {
        throw damaged("it has no piece for unknown characters");
      }
      if (algorithm != 1 && algorithm != 2) {
        throw new UserException(file + " splits by " + (algorithm == 3 ? "words" : "single characters")
            + "; this program knows SentencePiece models of kind unigram and BPE.");
      }
      return new SentencePieceModel(List.copyOf(pieces), Map.copyOf(ids), Algorithm.values()[algorithm - 1],
          byteFallback, unknown,
          new Normalization(characters, dummyPrefix, removeExtraSpaces, escapeSpaces, spaceAsSuffix),
          marks(ids, pieces.get(unknown).text()));
    }

    private Map<String, String> marks(Map<String, Integer> ids, String unknown) {
      Map<String, String> marks = new HashMap<>(Map.of("unk_token", unknown));
      if (begins && ids.containsKey(beginning)) {
        marks.put("bos_token", beginning);
      }
      if (ends && ids.containsKey(end)) {
        marks.put("eos_token", end);
      }
      return Map.copyOf(marks);
    }

    private UserException damaged(String what) {
      return new UserException(file + " is no SentencePiece model: " + what
          + ". A file of a few hundred bytes is a Git LFS pointer; fetch the file itself.");
    }
  }
}
