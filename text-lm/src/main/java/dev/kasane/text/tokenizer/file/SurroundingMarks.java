package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a tokeniser puts around the tokens of a text by its class and its configuration. */
final class SurroundingMarks {
  /** Where a tokenizer.json has it. */
  static final String PLACE = "post_processor";
  /** What a configuration may say of it. */
  static final List<String> FLAGS = List.of("add_bos_token", "add_eos_token");

  private SurroundingMarks() {}

  /**
   * The post-processor of a tokenizer.json; null where nothing goes around a text.
   *
   * @param files the configuration, and the texts of the marks
   * @param vocabulary their ids
   */
  static JsonNode of(TokenizerClass kind, SideFiles files, AddedVocabulary vocabulary) {
    ObjectNode settings = files.settings();
    String before = switch (kind) {
      case ROBERTA -> "cls_token";
      case T5 -> "";
      default -> settings.path(FLAGS.get(0)).asBoolean(kind == TokenizerClass.CODE_LLAMA) ? "bos_token" : "";
    };
    String after = switch (kind) {
      case ROBERTA -> "sep_token";
      case T5 -> "eos_token";
      default -> settings.path(FLAGS.get(1)).asBoolean() ? "eos_token" : "";
    };
    Map<String, Integer> ids = new HashMap<>();
    Map<String, AddedToken> named = files.named();
    for (String role : List.of(before, after)) {
      if (named.containsKey(role)) {
        String mark = named.get(role).content();
        vocabulary.id(mark).ifPresent(id -> ids.put(mark, id));
      }
    }
    return ids.isEmpty() ? NullNode.getInstance()
        : TokenizerJson.surround(ids, text(named, before), text(named, after));
  }

  private static String text(Map<String, AddedToken> named, String role) {
    return named.containsKey(role) ? named.get(role).content() : null;
  }
}
