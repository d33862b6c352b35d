package dev.kasane.text.tokenizer.older;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.tokenizer.ByteAlphabet;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A byte-level BPE vocabulary as tiktoken writes it: a line for each token, its bytes in base64 and its rank. Llama 3
 * has one under the name of a SentencePiece model. Whatever two tokens make a third may join; lower ranks join first.
 */
final class TiktokenFile {
  /** How Llama 3 cuts texts: as Qwen 2, but up to three digits together. */
  private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
      + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9+/]+={0,2}) (\\d{1,8})");
  /** The longest token of those known, a run of spaces, has 128 bytes. */
  private static final int LONGEST = 1_000;

  private final Path file;
  /** Rank by token, a character for each of its bytes. */
  private final Map<String, Integer> ranks = new LinkedHashMap<>();

  private TiktokenFile(Path file) {
    this.file = file;
  }

  /** Whether the content of a file looks like this. */
  static boolean isSuch(byte[] content) {
    String head = new String(content, 0, Math.min(content.length, 2 * LONGEST), StandardCharsets.ISO_8859_1);
    return LINE.matcher(head.split("\r?\n", 2)[0]).matches();
  }

  /**
   * The equivalent tokenizer.json, without added tokens and marks.
   *
   * @throws UserException when a line is no token
   */
  static ObjectNode read(Path file) {
    TiktokenFile tokens = new TiktokenFile(file);
    int number = 0;
    for (String line : TokenizerFiles.readText(file).split("\r?\n")) {
      number++;
      if (!line.isEmpty()) {
        tokens.add(line, number);
      }
    }
    return TokenizerJson.of(List.of(), List.of(TokenizerJson.cut(WORDS), TokenizerJson.bytes(false, false)),
        tokens.model().put("ignore_merges", true), List.of(TokenizerJson.bytes(true, true)));
  }

  private void add(String line, int number) {
    Matcher token = LINE.matcher(line);
    if (!token.matches() || token.group(1).length() % 4 != 0 || token.group(1).length() > 2 * LONGEST) {
      throw new UserException(file + ", line " + number + ": expected a token's bytes in base64 and its rank, found "
          + VisibleText.quote(line) + ". Fetch the file again.");
    }
    String bytes = new String(Base64.getDecoder().decode(token.group(1)), StandardCharsets.ISO_8859_1);
    if (ranks.put(bytes, Integer.parseInt(token.group(2))) != null) {
      throw new UserException(file + ", line " + number + ": the token " + VisibleText.quote(line)
          + " stands there twice. Fetch the file again.");
    }
  }

  private record Merge(String left, String right, int rank) {}

  private ObjectNode model() {
    ObjectNode vocabulary = JsonNodeFactory.instance.objectNode();
    Map<Integer, String> texts = new HashMap<>();
    List<Merge> merges = new ArrayList<>();
    ranks.forEach((token, rank) -> {
      if (texts.put(rank, token) != null) {
        throw new UserException(file + " gives two tokens the rank " + rank + ". Fetch the file again.");
      }
      vocabulary.put(symbols(token), rank);
      merges.addAll(merges(token, rank));
    });
    merges.sort(Comparator.comparing(Merge::rank));
    ArrayNode pairs = JsonNodeFactory.instance.arrayNode(merges.size());
    merges.forEach(merge -> pairs.addArray().add(symbols(merge.left())).add(symbols(merge.right())));
    return TokenizerJson.bytePairs(vocabulary, pairs);
  }

  /** The ways to make a token of two, those of low ranks first. */
  private List<Merge> merges(String token, int rank) {
    List<Merge> merges = new ArrayList<>();
    for (int at = 1; at < token.length(); at++) {
      String left = token.substring(0, at);
      String right = token.substring(at);
      if (ranks.containsKey(left) && ranks.containsKey(right)) {
        merges.add(new Merge(left, right, rank));
      }
    }
    merges.sort(Comparator.comparing((Merge merge) -> ranks.get(merge.left()))
        .thenComparing(merge -> ranks.get(merge.right())));
    return merges;
  }

  private static String symbols(String bytes) {
    return ByteAlphabet.spell(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }
}
