package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the files beside a vocabulary say, brought together as transformers 5 does it: {@code
 * added_tokens_decoder} of {@code tokenizer_config.json} is all there is where it stands; without it {@code
 * special_tokens_map.json} takes precedence over the configuration, and {@code added_tokens.json} and the vocabulary
 * file's own list say which tokens were added.
 *
 * @param settings the configuration, with what the map of special tokens changes
 * @param listed the tokens that a file lists, by the id it gives them; only their order counts
 * @param described the same by text, and those whose id another one has taken
 * @param specific marks with names of the model's own, such as {@code image_token}
 */
public record SideFiles(ObjectNode settings, SortedMap<Integer, AddedToken> listed, Map<String, AddedToken> described,
    Map<String, AddedToken> specific) {
  /** The marks that every tokeniser may have, in the order in which they are added. */
  static final List<String> ROLES = List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
      "cls_token", "mask_token");
  /** Where the configuration has marks without a name. */
  public static final String EXTRA = "extra_special_tokens";
  private static final String EXTRA_BEFORE = "additional_special_tokens";
  private static final String LISTED = "added_tokens_decoder";

  /**
   * Reads the files of a folder.
   *
   * @param own {@code added_tokens} of the vocabulary file, missing if it has none
   * @throws UserException when a file is damaged
   */
  public static SideFiles read(Path folder, JsonNode own) {
    ObjectNode settings = TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION));
    if (settings.has(EXTRA_BEFORE) && isNothing(settings.path(EXTRA))) {
      settings.set(EXTRA, settings.remove(EXTRA_BEFORE));
    }
    Map<String, AddedToken> specific = new LinkedHashMap<>();
    moveNamed(settings, specific);
    SortedMap<Integer, AddedToken> listed = new TreeMap<>();
    Map<String, AddedToken> described = new HashMap<>();
    BiConsumer<String, AddedToken> list = (id, token) -> {
      listed.put(id(folder, id), token);
      described.put(token.content(), token);
    };
    if (settings.has(LISTED)) {
      settings.path(LISTED).fields().forEachRemaining(token ->
          list.accept(token.getKey(), AddedToken.of(token.getValue(), false)));
    } else {
      mergeMap(settings, TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.SPECIAL_TOKENS)));
      moveNamed(settings, specific);
      addListed(folder, settings, list);
      own.forEach(token -> list.accept(token.path("id").asText(), AddedToken.of(token, false)));
    }
    return new SideFiles(settings, Collections.unmodifiableSortedMap(listed), described, specific);
  }

  private static boolean isNothing(JsonNode value) {
    return value.isMissingNode() || value.isNull() || value.isContainerNode() && value.isEmpty()
        || value.isTextual() && value.asText().isEmpty();
  }

  /** Takes marks of the model's own out of the settings. */
  private static void moveNamed(ObjectNode settings, Map<String, AddedToken> specific) {
    List<String> names = new ArrayList<>();
    settings.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode value = settings.path(name);
      if (name.endsWith("_token") && !ROLES.contains(name) && isToken(value)) {
        specific.put(name, token(value));
        settings.remove(name);
      }
    }
    if (settings.path(EXTRA).isObject()) {
      settings.remove(EXTRA).fields().forEachRemaining(token ->
          specific.put(token.getKey(), token(token.getValue())));
    }
  }

  /** A token that stands under a name; one that was saved as a token of its own kind says itself what it is. */
  private static AddedToken token(JsonNode value) {
    return AddedToken.of(value, !value.has("__type"));
  }

  private static boolean isToken(JsonNode value) {
    return value.isTextual() || value.isObject() && value.path("content").isTextual();
  }

  private static void mergeMap(ObjectNode settings, ObjectNode map) {
    map.fields().forEachRemaining(entry -> {
      JsonNode value = entry.getValue();
      if (entry.getKey().equals(EXTRA) && value.isArray()) {
        settings.set(EXTRA, joined(settings.path(EXTRA), value));
      } else if (value.isObject() && !entry.getKey().equals(EXTRA)) {
        settings.set(entry.getKey(), value.<ObjectNode>deepCopy().put("special", true));
      } else {
        settings.set(entry.getKey(), value);
      }
    });
  }

  private static ArrayNode joined(JsonNode first, JsonNode then) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    first.forEach(all::add);
    then.forEach(all::add);
    return all;
  }

  private static void addListed(Path folder, ObjectNode settings, BiConsumer<String, AddedToken> list) {
    List<String> marks = new ArrayList<>();
    ROLES.forEach(role -> marks.add(token(settings.path(role)).content()));
    settings.path(EXTRA).forEach(token -> marks.add(token(token).content()));
    TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.ADDED_TOKENS)).fields()
        .forEachRemaining(token -> {
          boolean mark = marks.contains(token.getKey());
          list.accept(token.getValue().asText(), new AddedToken(token.getKey(), mark, false, false, false, !mark));
        });
  }

  private static int id(Path folder, String value) {
    if (!value.matches("\\d{1,9}")) {
      throw new FileFault(folder, "an added token has the id '" + value
          + "', expected a whole number. Fetch the tokeniser's files again.");
    }
    return Integer.parseInt(value);
  }

  /** The marks by name: those that every tokeniser may have, then the model's own. */
  Map<String, AddedToken> named() {
    Map<String, AddedToken> named = new LinkedHashMap<>();
    ROLES.forEach(role -> {
      JsonNode value = settings.path(role);
      if (isToken(value) && !token(value).content().isEmpty()) {
        named.put(role, described.getOrDefault(token(value).content(), token(value)));
      }
    });
    named.putAll(specific);
    return named;
  }

  /** Marks without a name. */
  public List<AddedToken> extra() {
    JsonNode list = settings.has(EXTRA) ? settings.path(EXTRA) : settings.path(EXTRA_BEFORE);
    List<AddedToken> extra = new ArrayList<>();
    list.forEach(token -> extra.add(token(token)));
    return extra;
  }

  /** Adds all that is listed, named or marked otherwise, in the order in which transformers does. */
  void addTo(AddedVocabulary vocabulary) {
    Map<String, AddedToken> named = named();
    Set<String> names = named.values().stream().map(AddedToken::content).collect(Collectors.toSet());
    Set<String> there = new HashSet<>(vocabulary.texts().values());
    for (AddedToken token : listed.values()) {
      there.add(token.content());
      vocabulary.add(names.contains(token.content()) ? token.asMark() : token);
    }
    Stream.concat(named.values().stream().map(AddedToken::asMark), extra().stream()).distinct()
        .filter(token -> !there.contains(token.content())).forEach(vocabulary::add);
  }
}
