package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The older form of a byte-level BPE tokeniser, {@code vocab.json} and {@code merges.txt} as GPT-2 and OPT have
 * it, brought into the form of tokenizer.json.
 */
final class BytePairFiles {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private BytePairFiles() {}

  /**
   * The equivalent tokenizer.json of a folder.
   *
   * @throws UserException when a file is damaged or the marks are in no vocabulary
   */
  static ObjectNode read(Path folder) {
    ObjectNode vocabulary = TokenizerFiles.readObject(folder.resolve(TokenizerFiles.VOCABULARY));
    ObjectNode configuration = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION));
    Map<String, Integer> listed = AddedTokens.read(folder).ids();
    SpecialTokens special = SpecialTokens.read(folder, token -> {
      Map<String, Integer> ids = new HashMap<>(listed);
      return vocabulary.has(token) ? OptionalInt.of(vocabulary.get(token).asInt())
          : ids.containsKey(token) ? OptionalInt.of(ids.get(token)) : OptionalInt.empty();
    });
    Map<String, Integer> tokens = new LinkedHashMap<>(listed);
    special.texts().values().forEach(text -> {
      if (vocabulary.has(text)) {
        tokens.putIfAbsent(text, vocabulary.get(text).asInt());
      }
    });
    ObjectNode json = TokenizerJson.byteLevel(vocabulary, merges(folder.resolve(TokenizerFiles.MERGES)),
        configuration.path("add_prefix_space").asBoolean(false));
    json.set("added_tokens", added(tokens));
    if (Boolean.TRUE.equals(special.addBeginning()) && special.beginning().isPresent()) {
      String text = special.texts().get("bos_token");
      json.set("post_processor", TokenizerJson.beginWith(text, special.beginning().getAsInt()));
    }
    return json;
  }

  private static ArrayNode merges(Path file) {
    ArrayNode merges = JSON.arrayNode();
    int number = 0;
    for (String line : TokenizerFiles.readText(file).split("\r?\n")) {
      number++;
      if (line.isBlank() || number == 1 && line.startsWith("#version")) {
        continue;
      }
      String[] pair = line.split(" ");
      if (pair.length != 2) {
        throw new UserException(file + ", line " + number + ": expected two symbols with a space between, found '"
            + line + "'. Fetch the file again.");
      }
      merges.add(JSON.arrayNode().add(pair[0]).add(pair[1]));
    }
    return merges;
  }

  private static ArrayNode added(Map<String, Integer> tokens) {
    Map<Integer, String> byId = new TreeMap<>();
    tokens.forEach((text, id) -> byId.put(id, text));
    ArrayNode added = JSON.arrayNode();
    byId.forEach((id, text) -> added.add(TokenizerJson.specialToken(id, text)));
    return added;
  }
}
