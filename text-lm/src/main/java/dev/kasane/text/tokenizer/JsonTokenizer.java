package dev.kasane.text.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A tokeniser that {@code tokenizer.json} describes, run by Hugging Face's tokenizers library.
 *
 * <p>The native tokeniser lives as long as this object and is let go with it.
 */
final class JsonTokenizer extends FolderTokenizer {
  /** The file's own truncation and padding are for other uses than these. */
  private static final Map<String, String> OPTIONS = Map.of("truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer tokenizer;

  private JsonTokenizer(HuggingFaceTokenizer tokenizer, SpecialTokens special, int size) {
    super(special, size);
    this.tokenizer = tokenizer;
  }

  /**
   * @param folder the folder with the other files
   * @param origin the file the description comes from, for messages
   * @param json the content of a tokenizer.json
   * @throws UserException when the library refuses it
   */
  static JsonTokenizer of(Path folder, Path origin, ObjectNode json) {
    Map<String, Integer> ids = vocabulary(origin, json);
    int size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    SpecialTokens special = SpecialTokens.read(folder, token ->
        ids.containsKey(token) ? OptionalInt.of(ids.get(token)) : OptionalInt.empty());
    return new JsonTokenizer(open(origin, json), special, size);
  }

  private static HuggingFaceTokenizer open(Path origin, ObjectNode json) {
    ObjectNode plain = json.deepCopy();
    plain.putNull("truncation");
    plain.putNull("padding");
    TokenizerLibrary.start();
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(plain.toString().getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (IOException | RuntimeException e) {
      throw new UserException(origin + " is no tokeniser that the tokenizers library opens: " + e.getMessage()
          + ". Fetch the model's files again; a file newer than this program may need a newer one.", e);
    }
  }

  /** Text to id, of the model's vocabulary and of added tokens. */
  private static Map<String, Integer> vocabulary(Path origin, ObjectNode json) {
    Map<String, Integer> ids = new HashMap<>();
    JsonNode vocabulary = json.path("model").path("vocab");
    if (vocabulary.isArray()) {
      for (int id = 0; id < vocabulary.size(); id++) {
        ids.put(vocabulary.path(id).path(0).asText(), id);
      }
    }
    vocabulary.fields().forEachRemaining(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    json.path("added_tokens").forEach(token -> ids.put(token.path("content").asText(), token.path("id").asInt()));
    if (ids.isEmpty()) {
      throw new UserException(origin + " has no vocabulary under model.vocab. Fetch the model's files again.");
    }
    return ids;
  }

  @Override
  public int[] encode(String text, boolean addSpecial) {
    long[] ids = tokenizer.encode(text, addSpecial, false).getIds();
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    TokenIds.check(ids, vocabularySize());
    return ids.length == 0 ? "" : tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecial);
  }
}
