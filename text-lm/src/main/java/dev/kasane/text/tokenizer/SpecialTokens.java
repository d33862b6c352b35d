package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
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
record SpecialTokens(OptionalInt beginning, Set<Integer> ends, OptionalInt padding, Map<String, String> texts) {
  private static final String PADDING = "pad_token";

  /** Looks up the id of a token's text, empty if the vocabulary lacks it. */
  interface Vocabulary {
    OptionalInt id(String token);
  }

  /**
   * The marks that the files beside a vocabulary name. {@code generation_config.json}, then {@code config.json}, give
   * ids: all ends count, and the rest where no text is named.
   *
   * @throws UserException when a mark that begins or ends texts is in no vocabulary
   */
  static SpecialTokens of(Path folder, SideFiles files, Vocabulary vocabulary) {
    Map<String, String> texts = new LinkedHashMap<>();
    files.named().forEach((name, token) -> texts.put(name, token.content()));
    List<JsonNode> numbered = List.of(
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.GENERATION)),
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.MODEL)));
    Set<Integer> ends = new LinkedHashSet<>();
    id(texts, "eos_token", folder, vocabulary).ifPresent(ends::add);
    numbered.forEach(file -> ends.addAll(ids(file.path("eos_token_id"))));
    return new SpecialTokens(first(texts, "bos_token", folder, vocabulary, numbered),
        Collections.unmodifiableSet(ends), first(texts, PADDING, folder, vocabulary, numbered),
        Map.copyOf(texts));
  }

  /** The end mark that training appends. */
  OptionalInt end() {
    return ends.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ends.iterator().next());
  }

  private static OptionalInt first(Map<String, String> texts, String role, Path folder, Vocabulary vocabulary,
      List<JsonNode> numbered) {
    OptionalInt named = id(texts, role, folder, vocabulary);
    if (named.isPresent()) {
      return named;
    }
    return numbered.stream().flatMap(file -> ids(file.path(role + "_id")).stream())
        .mapToInt(Integer::intValue).findFirst();
  }

  private static OptionalInt id(Map<String, String> texts, String role, Path folder, Vocabulary vocabulary) {
    String text = texts.get(role);
    if (text == null) {
      return OptionalInt.empty();
    }
    OptionalInt id = vocabulary.id(text);
    // Nothing hangs on what fills a row, so a model may do without it.
    if (id.isEmpty() && !role.equals(PADDING)) {
      throw new UserException(folder + ": the " + role + " " + VisibleText.quote(text) + " is not in the vocabulary, so it has no"
          + " id. Take all files of the tokeniser from one model.");
    }
    return id;
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
