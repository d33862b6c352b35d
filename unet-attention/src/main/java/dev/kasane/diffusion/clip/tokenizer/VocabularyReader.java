package dev.kasane.diffusion.clip.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.PairLearner.Pair;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads symbols and merges from {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}. */
final class VocabularyReader {
  private static final String MERGES_HEADER = "#version";

  private VocabularyReader() {
  }

  /** The vocabulary of a folder; of two layouts {@code tokenizer.json} counts, as in transformers. */
  static ClipVocabulary read(Path folder) {
    Path single = folder.resolve(TokenizerFiles.SINGLE_FILE);
    if (Files.exists(single)) {
      return readSingle(single);
    }
    Path vocabulary = requireFile(folder, TokenizerFiles.VOCABULARY);
    Path merges = requireFile(folder, TokenizerFiles.MERGES);
    return new ClipVocabulary(folder.toString(), readIds(vocabulary, TokenizerFiles.readUnambiguous(vocabulary)),
        readMerges(merges));
  }

  private static Path requireFile(Path folder, String name) {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      return file;
    }
    String found = Files.isDirectory(folder) ? "the folder has no " + name : "there is no such folder";
    throw new UserException("Cannot open the CLIP tokeniser in " + folder + ": " + found + ". Expected "
        + TokenizerFiles.VOCABULARY + " and " + TokenizerFiles.MERGES + ", or " + TokenizerFiles.SINGLE_FILE
        + "; check the path, or copy the missing files from the model's tokenizer folder.");
  }

  private static ClipVocabulary readSingle(Path file) {
    JsonNode model = TokenizerFiles.readUnambiguous(file).path("model");
    String type = model.path("type").asText("BPE");
    String suffix = model.path("end_of_word_suffix").asText("");
    if (!"BPE".equals(type) || !ClipVocabulary.WORD_END.equals(suffix)) {
      throw new UserException(file + " is not a CLIP tokeniser: its model is of type '" + type
          + "' with the word ending '" + suffix + "', expected 'BPE' with '" + ClipVocabulary.WORD_END
          + "'. Give the tokeniser of a CLIP text encoder.");
    }
    Map<String, Integer> ids = readIds(file, model.path("vocab"));
    return new ClipVocabulary(file.toString(), ids, readMerges(file, model.path("merges")));
  }

  private static Map<String, Integer> readIds(Path file, JsonNode object) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    object.fields().forEachRemaining(field -> {
      if (!field.getValue().isInt()) {
        throw new FileFault(file, "the id of symbol '" + field.getKey() + "' is " + field.getValue()
            + ", expected a whole number. The file is damaged: fetch the tokeniser again.");
      }
      ids.put(field.getKey(), field.getValue().intValue());
    });
    if (ids.isEmpty()) {
      throw new UserException(file + " has no symbols, expected an object of symbols and their ids."
          + " The file is damaged: fetch the tokeniser again.");
    }
    return ids;
  }

  private static List<Pair> readMerges(Path file) {
    String[] lines = TokenizerFiles.readText(file).split("\r?\n");
    List<Pair> merges = new ArrayList<>(lines.length);
    for (int i = 0; i < lines.length; i++) {
      if (!lines[i].isEmpty() && !lines[i].startsWith(MERGES_HEADER)) {
        merges.add(pair(file, "line " + (i + 1), lines[i].split(" ", -1)));
      }
    }
    return merges;
  }

  /** Newer exports write a merge as two strings, older ones as one with a space between. */
  private static List<Pair> readMerges(Path file, JsonNode array) {
    if (!array.isArray()) {
      throw new UserException(file + " has no list model.merges."
          + " The file is damaged or not a byte-pair tokeniser: fetch the tokeniser again.");
    }
    List<Pair> merges = new ArrayList<>(array.size());
    for (JsonNode merge : array) {
      String[] sides = merge.isArray() ? texts(merge) : merge.asText().split(" ", -1);
      merges.add(pair(file, "merge " + (merges.size() + 1), sides));
    }
    return merges;
  }

  private static String[] texts(JsonNode array) {
    String[] texts = new String[array.size()];
    Arrays.setAll(texts, i -> array.get(i).asText());
    return texts;
  }

  private static Pair pair(Path file, String place, String[] sides) {
    if (sides.length != 2 || sides[0].isEmpty() || sides[1].isEmpty()) {
      throw new UserException(file + ", " + place + ": expected two symbols with one space between, found '"
          + String.join(" ", sides) + "'. The file is damaged: fetch the tokeniser again.");
    }
    return new Pair(sides[0], sides[1]);
  }
}
