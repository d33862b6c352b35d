package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that are found in a text before its words are split: marks and what was added after training.
 *
 * @param ids id by text
 */
record AddedTokens(Map<String, Integer> ids) {
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
    List<String> longestFirst = ids.keySet().stream()
        .sorted(Comparator.comparingInt(String::length).reversed()).toList();
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < text.length();) {
      String found = at(text, at, longestFirst);
      if (found == null) {
        at++;
        continue;
      }
      addText(pieces, text.substring(start, at));
      pieces.add(new Piece(found, ids.get(found)));
      at += found.length();
      start = at;
    }
    addText(pieces, text.substring(start));
    return pieces;
  }

  private static String at(String text, int at, List<String> tokens) {
    for (String token : tokens) {
      if (text.startsWith(token, at)) {
        return token;
      }
    }
    return null;
  }

  private static void addText(List<Piece> pieces, String text) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(text, -1));
    }
  }
}
