package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;

/**
 * The tokenizer.json that a class of transformers 5 makes from a vocabulary and its joins: how it prepares a text,
 * splits it, joins symbols, and puts the pieces of an answer together.
 */
final class ClassRules {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String QWEN2 = split("""
      (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*\
      |\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+""");
  private static final String QWEN3_5 = split("""
      (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?[\\\\p{L}\\\\p{M}]+|\\\\p{N}| ?[^\\\\s\\\\p{L}\\\\p{M}\\\\p{N}]+\
      [\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+""");
  private static final String SPACES_BACK = """
      {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}""";
  private static final String WITHOUT_FIRST_SPACE = """
      , {"type": "Strip", "content": " ", "start": 1, "stop": 0}""";

  private ClassRules() {}

  /**
   * The file that a class makes.
   *
   * @param kind the class, not {@link TokenizerClass#AS_WRITTEN}
   * @param settings the tokeniser's configuration
   * @param json a tokenizer.json with a BPE model; of the rest only the post-processor is taken
   * @param origin where it comes from, for messages
   * @throws UserException when it has no BPE model
   */
  static ObjectNode rebuilt(TokenizerClass kind, ObjectNode settings, ObjectNode json, Path origin) {
    JsonNode model = json.path("model");
    if (!model.path("merges").isArray()) {
      throw new UserException(origin + " has the model " + TokenizerPart.quote(model.path("type").asText())
          + ", but tokenizer_class in tokenizer_config.json is " + kind.className() + ", which joins by BPE. Correct"
          + " tokenizer_class, or fetch the model's files again.");
    }
    ObjectNode rebuilt = components(kind, settings);
    rebuilt.put("version", "1.0").putNull("truncation").putNull("padding").putArray("added_tokens");
    rebuilt.set("model", model(kind, settings, model));
    rebuilt.set("post_processor", json.get("post_processor"));
    return rebuilt;
  }

  private static ObjectNode model(TokenizerClass kind, ObjectNode settings, JsonNode model) {
    boolean pieces = kind == TokenizerClass.LLAMA || kind == TokenizerClass.CODE_LLAMA || kind == TokenizerClass.GEMMA;
    ObjectNode bpe = JSON.createObjectNode().put("type", "BPE").put("fuse_unk", pieces).put("byte_fallback", pieces)
        .put("ignore_merges", false);
    bpe.putNull("dropout").putNull("continuing_subword_prefix").putNull("end_of_word_suffix").putNull("unk_token");
    if (pieces && kind != TokenizerClass.LLAMA) {
      bpe.put("unk_token", AddedToken.of(settings.path("unk_token"), true).content());
    }
    bpe.set("vocab", vocabulary(model.path("vocab")));
    bpe.set("merges", model.get("merges"));
    return bpe;
  }

  private static JsonNode vocabulary(JsonNode vocabulary) {
    if (!(vocabulary instanceof ArrayNode list)) {
      return vocabulary;
    }
    ObjectNode ids = JsonNodeFactory.instance.objectNode();
    for (int id = 0; id < list.size(); id++) {
      ids.put(list.get(id).path(0).asText(), id);
    }
    return ids;
  }

  private static ObjectNode components(TokenizerClass kind, ObjectNode settings) {
    boolean asked = settings.path("add_prefix_space").asBoolean();
    boolean piecePrefix = settings.path("add_prefix_space").asBoolean(true);
    String first = settings.path("legacy").asBoolean() ? "always" : "first";
    return switch (kind) {
      case GPT2 -> components("null", bytes(asked, true), bytes(true, true));
      case GPT_NEOX -> components("{\"type\": \"NFC\"}", bytes(asked, true), bytes(true, true));
      case QWEN2 -> components("{\"type\": \"NFC\"}", sequence("pretokenizers", QWEN2 + ", " + bytes(asked, false)),
          bytes(true, true));
      case QWEN3_5 -> components("{\"type\": \"NFC\"}",
          sequence("pretokenizers", QWEN3_5 + ", " + bytes(asked, false)), bytes(true, true));
      case COHERE -> components("{\"type\": \"NFC\"}", sequence("pretokenizers",
          "{\"type\": \"Digits\", \"individual_digits\": true}, " + bytes(asked, true)), bytes(asked, true));
      case LLAMA -> components("null", words(piecePrefix ? first : "never"),
          sequence("decoders", SPACES_BACK + (piecePrefix ? WITHOUT_FIRST_SPACE : "")));
      case CODE_LLAMA -> components("null", words(piecePrefix ? "first" : "never"),
          sequence("decoders", SPACES_BACK + WITHOUT_FIRST_SPACE));
      case GEMMA -> components("{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"\u2581\"}",
          "{\"type\": \"Split\", \"pattern\": {\"String\": \" \"}, \"behavior\": \"MergedWithPrevious\","
              + " \"invert\": false}", sequence("decoders", SPACES_BACK));
      case AS_WRITTEN -> throw new IllegalArgumentException("A file that is taken as it stands is not rebuilt");
    };
  }

  private static ObjectNode components(String normalizer, String splitter, String decoder) {
    try {
      return (ObjectNode) JSON.readTree("{\"normalizer\": " + normalizer + ", \"pre_tokenizer\": " + splitter
          + ", \"decoder\": " + decoder + "}");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String bytes(boolean prefixSpace, boolean regex) {
    return "{\"type\": \"ByteLevel\", \"add_prefix_space\": " + prefixSpace + ", \"trim_offsets\": true,"
        + " \"use_regex\": " + regex + "}";
  }

  private static String words(String scheme) {
    return "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"prepend_scheme\": \"" + scheme
        + "\", \"split\": false}";
  }

  private static String split(String regex) {
    return "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"" + regex + "\"}, \"behavior\": \"Isolated\","
        + " \"invert\": false}";
  }

  private static String sequence(String list, String components) {
    return "{\"type\": \"Sequence\", \"" + list + "\": [" + components + "]}";
  }
}
