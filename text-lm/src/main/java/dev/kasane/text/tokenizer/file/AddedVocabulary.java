package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A vocabulary with the tokens that are added to it. Ids are given out as Hugging Face's library does it, whatever
 * the files say: a token that the vocabulary has keeps its id, any other gets the next one at the end.
 */
public final class AddedVocabulary {
  private final Map<String, Integer> base;
  private final Map<String, Integer> ids = new HashMap<>();
  private final SortedMap<Integer, AddedToken> tokens = new TreeMap<>();
  private final int highestOfBase;

  /**
   * @param base the ids of the vocabulary by text; not changed
   */
  AddedVocabulary(Map<String, Integer> base) {
    this.base = Collections.unmodifiableMap(base);
    this.highestOfBase = base.values().stream().mapToInt(id -> id).max().orElse(-1);
  }

  /** Adds a token; one with a text that is there already gets its id and replaces it, but a mark remains a mark. */
  void add(AddedToken token) {
    if (token.content().isEmpty()) {
      return;
    }
    int id = id(token.content()).orElseGet(this::nextId);
    AddedToken before = tokens.get(id);
    ids.put(token.content(), id);
    tokens.put(id, before != null && before.special() ? token.asMark() : token);
  }

  private int nextId() {
    return Math.max(tokens.isEmpty() ? 0 : tokens.lastKey() + 1, base.size());
  }

  /** The id of a token's text, added or not. */
  OptionalInt id(String text) {
    Integer id = ids.getOrDefault(text, base.get(text));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The added tokens by id. */
  SortedMap<Integer, AddedToken> tokens() {
    return Collections.unmodifiableSortedMap(tokens);
  }

  /** The texts of the added tokens by id. */
  public Map<Integer, String> texts() {
    return tokens.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
        entry -> entry.getValue().content()));
  }

  /** The number after the highest id. */
  public int size() {
    return 1 + Math.max(highestOfBase, tokens.isEmpty() ? -1 : tokens.lastKey());
  }

  /** The added tokens as a tokenizer.json lists them. */
  ArrayNode json() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    tokens.forEach((id, token) -> list.add(token.json(id)));
    return list;
  }
}
