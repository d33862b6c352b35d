package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
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
 * @param addBeginning whether the configuration says that texts get the beginning mark, null if it says nothing
 * @param addEnd whether it says that they get the end mark, null if it says nothing
 */
record SpecialTokens(OptionalInt beginning, Set<Integer> ends, OptionalInt padding, Map<String, String> texts,
    Boolean addBeginning, Boolean addEnd) {
  private static final List<String> ROLES = List.of("bos_token", "eos_token", "pad_token", "unk_token");

  /** Looks up the id of a token's text, empty if the vocabulary lacks it. */
  interface Vocabulary {
    OptionalInt id(String token);
  }

  /**
   * Reads the marks of a folder. {@code tokenizer_config.json} names them by text, {@code
   * special_tokens_map.json} fills what it leaves open; {@code generation_config.json}, then {@code config.json},
   * give ids: all ends count, and the rest where no text is named.
   *
   * @throws UserException when a named mark is in no vocabulary
   */
  static SpecialTokens read(Path folder, Vocabulary vocabulary) {
    ObjectNode configuration = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION));
    ObjectNode map = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.SPECIAL_TOKENS));
    Map<String, String> texts = new LinkedHashMap<>();
    for (String role : ROLES) {
      String text = text(configuration.path(role));
      text = text == null && !configuration.has(role) ? text(map.path(role)) : text;
      if (text != null) {
        texts.put(role, text);
      }
    }
    return of(folder, texts, configuration, vocabulary);
  }

  /**
   * The marks that the files beside a vocabulary name, with ids from {@code generation_config.json} and {@code
   * config.json} as {@link #read} takes them.
   */
  static SpecialTokens of(Path folder, SideFiles files, Vocabulary vocabulary) {
    Map<String, String> texts = new LinkedHashMap<>();
    files.named().forEach((name, token) -> texts.put(name, token.content()));
    return of(folder, texts, files.settings(), vocabulary);
  }

  private static SpecialTokens of(Path folder, Map<String, String> texts, ObjectNode configuration,
      Vocabulary vocabulary) {
    List<JsonNode> numbered = List.of(
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.GENERATION)),
        TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.MODEL)));
    Set<Integer> ends = new LinkedHashSet<>();
    id(texts, "eos_token", folder, vocabulary).ifPresent(ends::add);
    numbered.forEach(file -> ends.addAll(ids(file.path("eos_token_id"))));
    return new SpecialTokens(first(texts, "bos_token", folder, vocabulary, numbered),
        Collections.unmodifiableSet(ends), first(texts, "pad_token", folder, vocabulary, numbered),
        Map.copyOf(texts), flag(configuration, "add_bos_token"), flag(configuration, "add_eos_token"));
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
    if (id.isEmpty()) {
      throw new UserException(folder + ": the " + role + " '" + text + "' is not in the vocabulary, so it has no"
          + " id. Take all files of the tokeniser from one model.");
    }
    return id;
  }

  private static String text(JsonNode token) {
    JsonNode content = token.isObject() ? token.path("content") : token;
    return content.isTextual() && !content.asText().isEmpty() ? content.asText() : null;
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

  private static Boolean flag(ObjectNode configuration, String name) {
    return configuration.path(name).isBoolean() ? configuration.path(name).asBoolean() : null;
  }
}
