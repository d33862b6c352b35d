package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.text.tokenizer.check.ComponentKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds the parts of a {@code tokenizer.json}. */
public final class TokenizerJson {
  /** U+2581, which stands for a space within pieces. */
  public static final String SPACE = "\u2581";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TokenizerJson() {}

  /**
   * A tokeniser without added tokens and marks.
   *
   * @param normalizers what is done to a text first, one after the other
   * @param preTokenizers how it is cut before the model splits it
   * @param model the vocabulary and how it splits
   * @param decoders how tokens become a text
   */
  public static ObjectNode of(List<ObjectNode> normalizers, List<ObjectNode> preTokenizers, ObjectNode model,
      List<ObjectNode> decoders) {
    ObjectNode json = JSON.objectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    json.putArray("added_tokens");
    json.set("normalizer", chain(ComponentKind.NORMALIZER, normalizers));
    json.set("pre_tokenizer", chain(ComponentKind.PRE_TOKENIZER, preTokenizers));
    json.putNull("post_processor");
    json.set("decoder", chain(ComponentKind.DECODER, decoders));
    json.set("model", model);
    return json;
  }

  /** A tokenizer.json that has nothing but a model. */
  public static ObjectNode ofModel(ObjectNode model) {
    return of(List.of(), List.of(), model, List.of());
  }

  private static JsonNode chain(ComponentKind kind, List<ObjectNode> components) {
    if (components.size() < 2) {
      return components.isEmpty() ? JSON.nullNode() : components.get(0);
    }
    ObjectNode sequence = component(ComponentKind.SEQUENCE);
    sequence.putArray(kind.list()).addAll(components);
    return sequence;
  }

  /**
   * A byte-level BPE tokeniser as GPT-2's, without added tokens and marks.
   *
   * @param vocabulary ids by symbol
   * @param merges pairs of symbols, first joined first
   * @param prefixSpace whether a text gets a space before it
   */
  public static ObjectNode byteLevel(ObjectNode vocabulary, ArrayNode merges, boolean prefixSpace) {
    return of(List.of(), List.of(bytes(prefixSpace, true)), bytePairs(vocabulary, merges),
        List.of(bytes(prefixSpace, true)));
  }

  /** A BPE model that knows all that it meets. */
  public static ObjectNode bytePairs(JsonNode vocabulary, JsonNode merges) {
    ObjectNode model = component("BPE");
    model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix").put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", false);
    model.set("vocab", vocabulary);
    model.set("merges", merges);
    return model;
  }

  /** A component without settings. */
  public static ObjectNode component(String type) {
    return JSON.objectNode().put("type", type);
  }

  /** Writes bytes as visible characters, cut at GPT-2's words if so wished. */
  public static ObjectNode bytes(boolean prefixSpace, boolean words) {
    return component("ByteLevel").put("add_prefix_space", prefixSpace).put("trim_offsets", true)
        .put("use_regex", words);
  }

  /**
   * Puts U+2581 in place of spaces.
   *
   * @param scheme where one more is put: {@code always}, {@code first}, {@code never}
   * @param split whether the text is cut before each
   */
  public static ObjectNode metaspace(String scheme, boolean split) {
    return component("Metaspace").put("replacement", SPACE).put("prepend_scheme", scheme)
        .put("split", split);
  }

  /**
   * Makes a text of pieces.
   *
   * @param bytes whether some pieces are a byte each
   * @param prefix whether a space at the beginning was put there before it was split
   */
  public static List<ObjectNode> pieceDecoders(boolean bytes, boolean prefix) {
    List<ObjectNode> decoders = new ArrayList<>(List.of(replace(SPACE, " ")));
    if (bytes) {
      decoders.add(component("ByteFallback"));
    }
    if (bytes || prefix) {
      decoders.add(component("Fuse"));
    }
    if (prefix) {
      decoders.add(component("Strip").put("content", " ").put("start", 1).put("stop", 0));
    }
    return decoders;
  }

  /** Cuts a text at what a regular expression matches, which stands alone. */
  public static ObjectNode cut(String regex) {
    ObjectNode split = component("Split").put("behavior", "Isolated").put("invert", false);
    split.putObject("pattern").put("Regex", regex);
    return split;
  }

  /** Replaces a text. */
  public static ObjectNode replace(String text, String content) {
    return replacing("String", text, content);
  }

  /** Replaces what a regular expression matches. */
  public static ObjectNode replaceAll(String regex, String content) {
    return replacing("Regex", regex, content);
  }

  private static ObjectNode replacing(String kind, String pattern, String content) {
    ObjectNode replace = component("Replace").put("content", content);
    replace.putObject("pattern").put(kind, pattern);
    return replace;
  }

  /** A mark that is found in a text before it is split. */
  public static ObjectNode specialToken(int id, String text) {
    return JSON.objectNode().put("id", id).put("content", text).put("single_word", false).put("lstrip", false)
        .put("rstrip", false).put("normalized", false).put("special", true);
  }

  /** The processor that puts a mark before each text. */
  public static ObjectNode beginWith(String mark, int id) {
    return surround(Map.of(mark, id), mark, null);
  }

  /**
   * The processor that puts marks around each text.
   *
   * @param ids the marks' ids
   * @param before the mark that begins it, null for none
   * @param after the mark that ends it, null for none
   */
  static ObjectNode surround(Map<String, Integer> ids, String before, String after) {
    ObjectNode processor = component("TemplateProcessing");
    fill(processor.putArray("single"), before, List.of("A"), after);
    fill(processor.putArray("pair"), before, List.of("A", "B"), after);
    ObjectNode explained = processor.putObject("special_tokens");
    ids.forEach((mark, id) -> {
      if (mark.equals(before) || mark.equals(after)) {
        ObjectNode token = explained.putObject(mark).put("id", mark);
        token.putArray("ids").add(id);
        token.putArray("tokens").add(mark);
      }
    });
    return processor;
  }

  private static void fill(ArrayNode template, String before, List<String> texts, String after) {
    if (before != null) {
      template.add(part("SpecialToken", before));
    }
    texts.forEach(text -> template.add(part("Sequence", text)));
    if (after != null) {
      template.add(part("SpecialToken", after));
    }
  }

  private static ObjectNode part(String kind, String id) {
    ObjectNode part = JSON.objectNode();
    part.putObject(kind).put("id", id).put("type_id", 0);
    return part;
  }
}
