package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.text.tokenizer.file.ByteSymbols;
import dev.kasane.text.tokenizer.file.TokenizerFiles;
import dev.kasane.text.tokenizer.file.TokenizerJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a small byte-level BPE vocabulary (Sennrich et al. 2016; over bytes as GPT-2 has it) and writes it as
 * {@code tokenizer.json}. The same texts give the same vocabulary: of pairs that are equally frequent the
 * alphabetically first joins.
 *
 * <p>It counts all pairs anew for each join, which is fine for a thousand joins over a few thousand words.
 */
public final class ByteLevelTrainer {
  /** GPT-2's way to split a text into words, the space in front belonging to the word. */
  private static final Pattern WORDS = Pattern.compile(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      Pattern.UNICODE_CHARACTER_CLASS);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final List<String> marks;
  private final int size;

  private record Pair(String left, String right) {}

  private record Word(List<String> symbols, long count) {}

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
    List<Word> words = words(texts);
    ObjectNode vocabulary = JSON.objectNode();
    marks.forEach(mark -> vocabulary.put(mark, vocabulary.size()));
    for (int part = 0; part < 256; part++) {
      vocabulary.put(ByteSymbols.of((byte) part), vocabulary.size());
    }
    ArrayNode merges = JSON.arrayNode();
    while (vocabulary.size() < size) {
      Pair best = mostFrequent(words);
      if (best == null) {
        break;
      }
      merges.add(JSON.arrayNode().add(best.left()).add(best.right()));
      if (!vocabulary.has(best.left() + best.right())) {
        vocabulary.put(best.left() + best.right(), vocabulary.size());
      }
      words.replaceAll(word -> joined(word, best));
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

  private static List<Word> words(List<String> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      Matcher matcher = WORDS.matcher(text);
      while (matcher.find()) {
        counts.merge(matcher.group(), 1L, Long::sum);
      }
    }
    List<Word> words = new ArrayList<>();
    counts.forEach((word, count) -> {
      List<String> symbols = new ArrayList<>();
      for (byte part : word.getBytes(StandardCharsets.UTF_8)) {
        symbols.add(ByteSymbols.of(part));
      }
      words.add(new Word(symbols, count));
    });
    return words;
  }

  /** The most frequent pair that stands at least twice, or null. */
  private static Pair mostFrequent(List<Word> words) {
    Map<Pair, Long> counts = new HashMap<>();
    for (Word word : words) {
      for (int i = 0; i + 1 < word.symbols().size(); i++) {
        counts.merge(new Pair(word.symbols().get(i), word.symbols().get(i + 1)), word.count(), Long::sum);
      }
    }
    return counts.entrySet().stream().filter(entry -> entry.getValue() > 1)
        .min(Comparator.<Map.Entry<Pair, Long>>comparingLong(entry -> -entry.getValue())
            .thenComparing(entry -> entry.getKey().left()).thenComparing(entry -> entry.getKey().right()))
        .map(Map.Entry::getKey).orElse(null);
  }

  private static Word joined(Word word, Pair pair) {
    List<String> symbols = word.symbols();
    List<String> joined = new ArrayList<>(symbols.size());
    for (int i = 0; i < symbols.size(); i++) {
      boolean joins = i + 1 < symbols.size() && symbols.get(i).equals(pair.left())
          && symbols.get(i + 1).equals(pair.right());
      joined.add(joins ? pair.left() + pair.right() : symbols.get(i));
      i += joins ? 1 : 0;
    }
    return new Word(joined, word.count());
  }
}
