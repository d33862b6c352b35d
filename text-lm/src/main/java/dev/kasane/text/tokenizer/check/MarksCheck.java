package dev.kasane.text.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Checks what a tokeniser puts around the tokens of a text. */
final class MarksCheck {
  private static final int MOST_MARKS = 64;

  private MarksCheck() {}

  /**
   * Checks a post-processor.
   *
   * @param highest the highest id of the vocabulary
   * @throws dev.kasane.core.UserException when it puts there what is not explained or has no such id
   */
  static void check(TokenizerPart component, int highest) {
    if (component.isType("TemplateProcessing")) {
      template(component, highest);
    } else {
      for (String role : List.of("sep", "cls")) {
        component.child(role).elements().stream().skip(1).forEach(id -> requireId(id, highest));
      }
    }
  }

  private static void template(TokenizerPart component, int highest) {
    TokenizerPart explained = component.child("special_tokens");
    List<TokenizerPart> pieces = component.child("single").elements();
    pieces.forEach(piece -> requireExplained(piece, explained));
    long texts = pieces.stream().filter(piece -> piece.json().has("Sequence")).count();
    if (texts != 1 || pieces.size() > MOST_MARKS) {
      throw component.child("single").refusal("has " + texts + " texts and " + (pieces.size() - texts)
          + " marks, expected one text among at most " + MOST_MARKS + " marks");
    }
    explained.json().fieldNames().forEachRemaining(name -> mark(explained.child(name), highest));
  }

  private static void requireExplained(TokenizerPart piece, TokenizerPart explained) {
    JsonNode mark = piece.json().path("SpecialToken").path("id");
    if (mark.isTextual() && !explained.json().has(mark.asText())) {
      throw piece.refusal("is the mark " + TokenizerPart.quote(mark.asText()) + ", which " + explained.place()
          + " does not explain");
    }
    String text = piece.json().path("Sequence").path("id").asText("A");
    if (!text.equals("A")) {
      throw piece.refusal("puts the text " + TokenizerPart.quote(text) + " where there is only the text A");
    }
  }

  private static void mark(TokenizerPart mark, int highest) {
    List<TokenizerPart> ids = mark.child("ids").elements();
    if (ids.size() > MOST_MARKS || ids.size() != mark.json().path("tokens").size()) {
      throw mark.refusal("has " + ids.size() + " ids and " + mark.json().path("tokens").size()
          + " tokens, expected equally many, at most " + MOST_MARKS);
    }
    ids.forEach(id -> requireId(id, highest));
  }

  private static void requireId(TokenizerPart id, int highest) {
    JsonNode value = id.json();
    if (!value.isInt() || value.asInt() < 0 || value.asInt() > highest) {
      throw id.refusal("is the id " + TokenizerPart.quote(value.toString()) + ", but the vocabulary has the ids 0 to "
          + highest);
    }
  }
}
