package dev.kasane.diffusion.clip.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Bounded reading of the text files in a tokeniser folder. */
final class TokenizerFiles {
  static final String VOCABULARY = "vocab.json";
  static final String MERGES = "merges.txt";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String ADDED_TOKENS = "added_tokens.json";
  static final String CONFIGURATION = "tokenizer_config.json";
  static final String SINGLE_FILE = "tokenizer.json";

  /** The largest CLIP file there is, tokenizer.json, is about 4 MB. */
  private static final long LARGEST_FILE = 64L << 20;

  private TokenizerFiles() {
  }

  /** The JSON object in a file. */
  static JsonNode readObject(Path file) {
    try {
      JsonNode node = Json.MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION).readTree(readText(file));
      if (node == null || !node.isObject()) {
        throw new FileFault(file, "expected a JSON object, found "
            + (node == null || node.isMissingNode()
            ? "nothing" : node.getNodeType().toString().toLowerCase(Locale.ROOT))
            + ". Fetch the tokeniser again.");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new UserException(file + " is not valid JSON: " + JsonFault.of(e)
          + ". The file is damaged: fetch the tokeniser again.", e);
    }
  }

  /** The JSON object in a file, or an empty object if there is no such file. */
  static JsonNode readObjectIfThere(Path file) {
    return Files.exists(file) ? readObject(file) : Json.MAPPER.createObjectNode();
  }

  /** The whole of a UTF-8 file. */
  static String readText(Path file) {
    try {
      long size = Files.size(file);
      if (size > LARGEST_FILE) {
        throw new UserException(file + " has " + size + " bytes, expected at most " + LARGEST_FILE
            + ". This is not a CLIP tokeniser's file.");
      }
      return InputFile.text(file);
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is not UTF-8 text."
          + " The file is damaged: fetch the tokeniser again.", e);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + FileFaults.reason(e)
          + ". Check that it is a file and that you may read it.", e);
    }
  }
}
