package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.check.TokenizerCheck;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The older form of a BPE vocabulary, {@code vocab.json} and {@code merges.txt}. It does not say how a text is cut
 * into words and written in symbols: that is for the tokeniser's class.
 */
final class BytePairFiles {
  private BytePairFiles() {}

  /** Whether a folder has both. */
  static boolean areIn(Path folder) {
    return Files.exists(folder.resolve(TokenizerFiles.VOCABULARY))
        && Files.exists(folder.resolve(TokenizerFiles.MERGES));
  }

  /**
   * The model as a tokenizer.json has it.
   *
   * @throws UserException when a file is damaged
   */
  static ObjectNode model(Path folder) {
    return TokenizerJson.bytePairs(vocabulary(folder.resolve(TokenizerFiles.VOCABULARY)),
        merges(folder.resolve(TokenizerFiles.MERGES)));
  }

  private static ObjectNode vocabulary(Path file) {
    ObjectNode vocabulary = TokenizerFiles.readObject(file);
    Map<Integer, String> texts = new HashMap<>();
    vocabulary.fields().forEachRemaining(entry -> {
      JsonNode id = entry.getValue();
      if (!id.isInt() || id.asInt() < 0 || id.asInt() > TokenizerCheck.MOST_ID) {
        throw new UserException(file + " gives " + VisibleText.quote(entry.getKey()) + " the id "
            + VisibleText.quote(id.toString()) + ", expected a whole number from 0 to " + TokenizerCheck.MOST_ID
            + ". Fetch the file again.");
      }
      String other = texts.put(id.asInt(), entry.getKey());
      if (other != null) {
        throw new UserException(file + " gives " + VisibleText.quote(other) + " and "
            + VisibleText.quote(entry.getKey()) + " the same id " + id + ". Fetch the file again.");
      }
    });
    return vocabulary;
  }

  private static ArrayNode merges(Path file) {
    ArrayNode merges = JsonNodeFactory.instance.arrayNode();
    int number = 0;
    for (String line : TokenizerFiles.readText(file).split("\r?\n")) {
      number++;
      if (line.isBlank() || line.startsWith("#version")) {
        continue;
      }
      String[] pair = line.split(" ");
      if (pair.length != 2) {
        throw new UserException(file + ", line " + number + ": expected two symbols with a space between, found "
            + VisibleText.quote(line) + ". Fetch the file again.");
      }
      merges.addArray().add(pair[0]).add(pair[1]);
    }
    return merges;
  }
}
