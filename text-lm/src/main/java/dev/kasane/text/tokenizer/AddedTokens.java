package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that are found in a text before its words are split: marks and what was added after training.
 *
 * @param ids id by text
 * @param trie the same, to find them in a text
 */
record AddedTokens(Map<String, Integer> ids, PieceTrie trie) {
  AddedTokens(Map<String, Integer> ids) {
    this(Map.copyOf(ids), new PieceTrie());
    ids.forEach(trie::add);
  }

  /** A stretch of text, or the id of the added token that stands there. */
  record Piece(String text, int id) {
    boolean isToken() {
      return id >= 0;
    }
  }

  /** What {@code added_tokens_decoder} of the configuration and {@code added_tokens.json} list. */
  static AddedTokens read(Path folder) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ObjectNode configuration = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION));
    configuration.path("added_tokens_decoder").fields().forEachRemaining(token ->
        ids.put(token.getValue().path("content").asText(), id(folder, token.getKey())));
    TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.ADDED_TOKENS)).fields()
        .forEachRemaining(token -> ids.put(token.getKey(), id(folder, token.getValue().asText())));
    ids.remove("");
    return new AddedTokens(ids);
  }

  private static int id(Path folder, String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new UserException(folder + ": an added token has the id '" + value
          + "', expected a whole number. Fetch the tokeniser's files again.");
    }
    return Integer.parseInt(value);
  }

  /** Splits a text at the added tokens, leftmost and then longest first. */
  List<Piece> split(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < bytes.length;) {
      int length = trie.longest(bytes, at);
      if (length == 0) {
        at++;
        continue;
      }
      addText(pieces, bytes, start, at);
      String token = new String(bytes, at, length, StandardCharsets.UTF_8);
      pieces.add(new Piece(token, ids.get(token)));
      at += length;
      start = at;
    }
    addText(pieces, bytes, start, bytes.length);
    return pieces;
  }

  private static void addText(List<Piece> pieces, byte[] bytes, int from, int to) {
    if (from < to) {
      pieces.add(new Piece(new String(bytes, from, to - from, StandardCharsets.UTF_8), -1));
    }
  }
}
