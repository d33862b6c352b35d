package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The marks of a model: what begins, ends and fills a text.
 *
 * @param beginning begins a text
 * @param ends every id that ends a text; the first is the one training appends
 * @param padding fills shorter rows
 * @param texts the text of each mark that a file names by text: {@code bos_token}, {@code eos_token} and so on
 */
public record SpecialTokens(OptionalInt beginning, Set<Integer> ends, OptionalInt padding, Map<String, String> texts) {
  /**
   * The marks that the files beside a vocabulary name. {@code generation_config.json}, then {@code config.json}, give
   * ids: all ends count, and the rest where no text is named.
   */
  public static SpecialTokens of(Path folder, SideFiles files, AddedVocabulary vocabulary) {
    Map<String, String> texts = new LinkedHashMap<>();
    files.named().forEach((name, token) -> texts.put(name, token.content()));
    List<JsonNode> numbered = List.of(
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.GENERATION)),
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.MODEL)));
    Set<Integer> ends = new LinkedHashSet<>();
    id(texts, "eos_token", vocabulary).ifPresent(ends::add);
    numbered.forEach(file -> ends.addAll(ids(file.path("eos_token_id"))));
    return new SpecialTokens(first(texts, "bos_token", vocabulary, numbered),
        Collections.unmodifiableSet(ends), first(texts, "pad_token", vocabulary, numbered),
        Map.copyOf(texts));
  }

  /** The end mark that training appends. */
  public OptionalInt end() {
    return ends.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ends.iterator().next());
  }

  private static OptionalInt first(Map<String, String> texts, String role, AddedVocabulary vocabulary,
      List<JsonNode> numbered) {
    OptionalInt named = id(texts, role, vocabulary);
    if (named.isPresent()) {
      return named;
    }
    return numbered.stream().flatMap(file -> ids(file.path(role + "_id")).stream())
        .mapToInt(Integer::intValue).findFirst();
  }

  private static OptionalInt id(Map<String, String> texts, String role, AddedVocabulary vocabulary) {
    String text = texts.get(role);
    return text == null ? OptionalInt.empty() : vocabulary.id(text);
  }

  private static List<Integer> ids(JsonNode value) {
    List<Integer> ids = new ArrayList<>();
    if (value.isInt()) {
      ids.add(value.asInt());
    }
    value.forEach(id -> ids.add(id.asInt()));
    ids.removeIf(id -> id < 0);
    return ids;
  }
}
