package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is found in a text before its words are split.
 *
 * @param content its text
 * @param special whether it is a mark, which can be left out of a decoded text
 * @param lstrip whether it takes the spaces before it
 * @param rstrip whether it takes the spaces after it
 * @param singleWord whether it is found only where no letter or digit adjoins it
 * @param normalized whether it is searched for in the normalised text instead of the text as it came
 */
public record AddedToken(String content, boolean special, boolean lstrip, boolean rstrip, boolean singleWord,
    boolean normalized) {
  /** A mark that is found wherever its text stands. */
  static AddedToken mark(String content) {
    return new AddedToken(content, true, false, false, false, false);
  }

  /**
   * Reads what a file says of a token: its text alone, which makes it a mark, or an object with {@code content}.
   *
   * @param special whether it is a mark where the object does not say so
   */
  public static AddedToken of(JsonNode token, boolean special) {
    if (!token.isObject()) {
      return mark(token.asText());
    }
    boolean mark = token.path("special").asBoolean(special);
    return new AddedToken(token.path("content").asText(), mark, token.path("lstrip").asBoolean(),
        token.path("rstrip").asBoolean(), token.path("single_word").asBoolean(),
        token.path("normalized").asBoolean(!mark));
  }

  /** The same token as a mark. */
  AddedToken asMark() {
    return special ? this : new AddedToken(content, true, lstrip, rstrip, singleWord, normalized);
  }

  /** The token as {@code added_tokens} of a tokenizer.json lists it. */
  public ObjectNode json(int id) {
    return JsonNodeFactory.instance.objectNode().put("id", id).put("content", content)
        .put("single_word", singleWord).put("lstrip", lstrip).put("rstrip", rstrip).put("normalized", normalized)
        .put("special", special);
  }
}
