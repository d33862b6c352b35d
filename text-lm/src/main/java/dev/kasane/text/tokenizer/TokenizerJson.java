package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Builds the parts of a {@code tokenizer.json} for byte-level BPE. */
final class TokenizerJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TokenizerJson() {}

  /**
   * A byte-level BPE tokeniser without added tokens.
   *
   * @param vocabulary ids by symbol
   * @param merges pairs of symbols, first joined first
   * @param prefixSpace whether a text gets a space before it
   */
  static ObjectNode byteLevel(ObjectNode vocabulary, ArrayNode merges, boolean prefixSpace) {
    ObjectNode json = JSON.objectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    json.putArray("added_tokens");
    json.putNull("normalizer");
    json.set("pre_tokenizer", bytes(prefixSpace));
    json.putNull("post_processor");
    json.set("decoder", bytes(prefixSpace));
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges);
    return json;
  }

  /** A mark that is found in a text before it is split. */
  static ObjectNode specialToken(int id, String text) {
    return JSON.objectNode().put("id", id).put("content", text).put("single_word", false).put("lstrip", false)
        .put("rstrip", false).put("normalized", false).put("special", true);
  }

  /** The processor that puts a mark before each text. */
  static ObjectNode beginWith(String mark, int id) {
    ObjectNode processor = JSON.objectNode().put("type", "TemplateProcessing");
    processor.putArray("single").add(part("SpecialToken", mark)).add(part("Sequence", "A"));
    processor.putArray("pair").add(part("SpecialToken", mark)).add(part("Sequence", "A"))
        .add(part("Sequence", "B"));
    ObjectNode token = processor.putObject("special_tokens").putObject(mark).put("id", mark);
    token.putArray("ids").add(id);
    token.putArray("tokens").add(mark);
    return processor;
  }

  private static ObjectNode part(String kind, String id) {
    ObjectNode part = JSON.objectNode();
    part.putObject(kind).put("id", id).put("type_id", 0);
    return part;
  }

  private static ObjectNode bytes(boolean prefixSpace) {
    return JSON.objectNode().put("type", "ByteLevel").put("add_prefix_space", prefixSpace)
        .put("trim_offsets", true).put("use_regex", true);
  }
}
