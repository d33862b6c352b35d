package dev.kasane.core.tokenizer;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names and bounded reading of the files in a tokeniser's folder. */
public final class TokenizerFiles {
  public static final String SINGLE_FILE = "tokenizer.json";
  public static final String SENTENCE_PIECE = "tokenizer.model";
  /** What T5's tokeniser, which some language models use, calls a SentencePiece model. */
  public static final String SENTENCE_PIECE_T5 = "spiece.model";
  public static final String VOCABULARY = "vocab.json";
  public static final String MERGES = "merges.txt";
  public static final String CONFIGURATION = "tokenizer_config.json";
  public static final String SPECIAL_TOKENS = "special_tokens_map.json";
  public static final String ADDED_TOKENS = "added_tokens.json";
  public static final String GENERATION = "generation_config.json";
  public static final String MODEL = "config.json";
  public static final String CHAT_TEMPLATE = "chat_template.jinja";

  /** The largest tokenizer.json known, that of a vocabulary of 256,000, has 35 MB. */
  private static final int LARGEST_FILE = 256 << 20;

  private TokenizerFiles() {}

  /** The JSON object in a file. */
  public static ObjectNode readObject(Path file) {
    return JsonFiles.read(file, LARGEST_FILE);
  }

  /** The JSON object in a file, in which no object may have a name twice. */
  public static ObjectNode readUnambiguous(Path file) {
    return JsonFiles.read(file, LARGEST_FILE, Json.STRICT);
  }

  /** The JSON object in a file, or an empty object if there is no such file. */
  public static ObjectNode readObjectIfThere(Path file) {
    return Files.exists(file) ? readObject(file) : JsonNodeFactory.instance.objectNode();
  }

  /** The whole of a UTF-8 file. */
  public static String readText(Path file) {
    try {
      checkSize(file);
      return InputFile.text(file);
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is not UTF-8 text. The file is damaged: fetch it again.", e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The whole of a file. */
  public static byte[] readBytes(Path file) {
    try {
      checkSize(file);
      return InputFile.allBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void checkSize(Path file) throws IOException {
    long size = Files.size(file);
    if (size > LARGEST_FILE) {
      throw new UserException(file + " has " + size + " bytes, expected at most " + LARGEST_FILE
          + ". This is not a tokeniser's file.");
    }
  }

  private static UserException unreadable(Path file, IOException e) {
    return new UserException("Cannot read " + file + ": " + FileFaults.reason(e)
        + ". Check that it is a file and that you may read it.", e);
  }
}
