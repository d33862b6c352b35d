package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.tokenizer.ByteAlphabet;
import dev.kasane.core.tokenizer.PairLearner;
import dev.kasane.core.tokenizer.PairLearner.Pair;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a small byte-level BPE vocabulary (over bytes as GPT-2 has it) and writes it as {@code tokenizer.json}. The
 * same texts give the same vocabulary.
 */
public final class ByteLevelTrainer {
  /** GPT-2's way to split a text into words, the space in front belonging to the word. */
  private static final Pattern WORDS = Pattern.compile(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      Pattern.UNICODE_CHARACTER_CLASS);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final List<String> marks;
  private final int size;

  /**
   * @param marks special tokens, which get the first ids; the first of them begins every text
   * @param size entries of the vocabulary, at least those of marks and bytes
   */
  public ByteLevelTrainer(List<String> marks, int size) {
    if (size < marks.size() + 256) {
      throw new IllegalArgumentException("a vocabulary of " + size + " has no room for " + marks.size()
          + " marks and 256 bytes");
    }
    this.marks = List.copyOf(marks);
    this.size = size;
  }

  /** Learns from texts and gives the content of tokenizer.json. */
  public ObjectNode train(List<String> texts) {
    PairLearner learner = learner(texts);
    ObjectNode vocabulary = JSON.objectNode();
    marks.forEach(mark -> vocabulary.put(mark, vocabulary.size()));
    for (int part = 0; part < 256; part++) {
      vocabulary.put(String.valueOf(ByteAlphabet.symbol(part)), vocabulary.size());
    }
    ArrayNode merges = JSON.arrayNode();
    while (vocabulary.size() < size) {
      Optional<Pair> next = learner.next();
      if (next.isEmpty()) {
        break;
      }
      Pair best = next.get();
      merges.add(JSON.arrayNode().add(best.left()).add(best.right()));
      if (!vocabulary.has(best.joined())) {
        vocabulary.put(best.joined(), vocabulary.size());
      }
    }
    ObjectNode json = TokenizerJson.byteLevel(vocabulary, merges, false);
    ArrayNode added = (ArrayNode) json.get("added_tokens");
    marks.forEach(mark -> added.add(TokenizerJson.specialToken(vocabulary.get(mark).asInt(), mark)));
    json.set("post_processor", TokenizerJson.beginWith(marks.get(0), 0));
    return json;
  }

  /**
   * Writes a tokenizer.json.
   *
   * @throws UserException when it cannot be written
   */
  public static void write(ObjectNode json, Path folder) {
    Path file = folder.resolve(TokenizerFiles.SINGLE_FILE);
    try {
      PendingFile.replace(file, Json.MAPPER.writeValueAsString(json) + "\n");
    } catch (IOException e) {
      throw new UserException("Tokeniser " + file + " cannot be written: " + FileFaults.reason(e)
          + ". Choose a folder that can be written.", e);
    }
  }

  private static PairLearner learner(List<String> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      Matcher matcher = WORDS.matcher(text);
      while (matcher.find()) {
        counts.merge(matcher.group(), 1L, Long::sum);
      }
    }
    PairLearner learner = new PairLearner();
    counts.forEach((word, count) -> learner.add(List.of(ByteAlphabet.spell(word).split("")), count));
    return learner;
  }
}
