package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.text.tokenizer.check.ComponentKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokenizer.json that a class of transformers 5 makes from a vocabulary: how it prepares a text, splits it, joins
 * symbols, and puts the pieces of an answer together.
 */
public final class ClassRules {
  /** How Qwen 2 cuts texts: contractions in either case, single digits, line breaks at the end of punctuation. */
  private static final String QWEN2_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
      + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  /** The same with combining marks as parts of words. */
  private static final String QWEN3_5_WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|"
      + "\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private ClassRules() {}

  /**
   * The file that a class makes.
   *
   * @param kind the class, not {@link TokenizerClass#AS_WRITTEN}
   * @param settings the tokeniser's configuration
   * @param json a tokenizer.json; only its model and its post-processor are taken, and T5's table of characters
   * @param origin where it comes from, for messages
   * @throws UserException when its model is not of the type that the class works with
   */
  public static ObjectNode rebuilt(TokenizerClass kind, ObjectNode settings, ObjectNode json, Path origin) {
    JsonNode model = json.path("model");
    boolean unigram = kind == TokenizerClass.T5;
    if (unigram != model.path("merges").isMissingNode() || unigram != model.has("unk_id")) {
      throw new UserException(origin + " has the model " + VisibleText.quote(model.path("type").asText())
          + ", but the tokeniser's class, by tokenizer_config.json or the model's type, is " + kind.className()
          + ", which " + (unigram ? "splits by unigram" : "joins by BPE") + ". Name another tokenizer_class"
          + " (PreTrainedTokenizerFast takes the file as it stands), or fetch the model's files"
          + " again.");
    }
    ObjectNode rebuilt = TokenizerJson.of(normalizers(kind, json), preTokenizers(kind, settings),
        unigram ? (ObjectNode) model : bytePairs(kind, settings, model), decoders(kind, settings));
    rebuilt.set(SurroundingMarks.PLACE, json.get(SurroundingMarks.PLACE));
    return rebuilt;
  }

  private static ObjectNode bytePairs(TokenizerClass kind, ObjectNode settings, JsonNode model) {
    boolean pieces = kind == TokenizerClass.LLAMA || kind == TokenizerClass.CODE_LLAMA || kind == TokenizerClass.GEMMA;
    ObjectNode bpe = TokenizerJson.bytePairs(vocabulary(model.path("vocab")), model.get("merges"))
        .put("fuse_unk", pieces).put("byte_fallback", pieces);
    return pieces && kind != TokenizerClass.LLAMA
        ? bpe.put("unk_token", AddedToken.of(settings.path("unk_token"), true).content()) : bpe;
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

  private static List<ObjectNode> normalizers(TokenizerClass kind, ObjectNode json) {
    return switch (kind) {
      case QWEN2, QWEN3_5, GPT_NEOX, COHERE -> List.of(TokenizerJson.component("NFC"));
      case GEMMA -> List.of(TokenizerJson.replace(" ", TokenizerJson.SPACE));
      case T5 -> characters(json.path(ComponentKind.NORMALIZER.place()));
      default -> List.of();
    };
  }

  /** The first table of replacements among normalisers. */
  private static List<ObjectNode> characters(JsonNode normalizer) {
    List<JsonNode> all = new ArrayList<>(List.of(normalizer));
    normalizer.path(ComponentKind.NORMALIZER.list()).forEach(all::add);
    return all.stream().filter(component -> component.has("precompiled_charsmap")).limit(1)
        .map(component -> (ObjectNode) component).toList();
  }

  private static List<ObjectNode> preTokenizers(TokenizerClass kind, ObjectNode settings) {
    boolean prefix = settings.path("add_prefix_space").asBoolean();
    boolean piecePrefix = settings.path("add_prefix_space").asBoolean(true);
    return switch (kind) {
      case QWEN2 -> List.of(TokenizerJson.cut(QWEN2_WORDS), TokenizerJson.bytes(prefix, false));
      case QWEN3_5 -> List.of(TokenizerJson.cut(QWEN3_5_WORDS), TokenizerJson.bytes(prefix, false));
      case COHERE -> List.of(TokenizerJson.component("Digits").put("individual_digits", true),
          TokenizerJson.bytes(prefix, true));
      case LLAMA -> List.of(TokenizerJson.metaspace(
          piecePrefix ? settings.path("legacy").asBoolean() ? "always" : "first" : "never", false));
      case CODE_LLAMA -> List.of(TokenizerJson.metaspace(piecePrefix ? "first" : "never", false));
      case T5 -> List.of(TokenizerJson.component("WhitespaceSplit"), TokenizerJson.metaspace("always", true));
      // Gemma's normaliser leaves no space to cut at.
      case GEMMA -> List.of();
      default -> List.of(TokenizerJson.bytes(prefix, true));
    };
  }

  private static List<ObjectNode> decoders(TokenizerClass kind, ObjectNode settings) {
    return switch (kind) {
      case T5 -> List.of(TokenizerJson.metaspace("always", true));
      case GEMMA -> TokenizerJson.pieceDecoders(true, false);
      case CODE_LLAMA -> TokenizerJson.pieceDecoders(true, true);
      case LLAMA -> TokenizerJson.pieceDecoders(true, settings.path("add_prefix_space").asBoolean(true));
      default -> List.of(TokenizerJson.bytes(true, true));
    };
  }
}
