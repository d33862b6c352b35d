package dev.kasane.text.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Decoders that take a character away at the end of a token. The library counts below zero where a token has fewer
 * characters than may go, so such a decoder is written as two replacements that do the same, and leave nothing of
 * such a token.
 */
public final class StripDecoders {
  /** The most characters that are taken away at one end. */
  static final int MOST = 1_000;

  private StripDecoders() {}

  /** The decoder, with each one of that kind in it replaced. */
  public static JsonNode replaced(JsonNode decoder) {
    if (decoder.path("decoders").isArray()) {
      ObjectNode sequence = decoder.deepCopy();
      ArrayNode list = sequence.putArray("decoders");
      decoder.path("decoders").forEach(part -> list.add(replaced(part)));
      return sequence;
    }
    String content = decoder.path("content").asText();
    int start = decoder.path("start").asInt();
    int stop = decoder.path("stop").asInt();
    boolean atEnd = decoder.path("type").asText().equals("Strip") && stop > 0;
    if (!atEnd || stop > MOST || start < 0 || start > MOST || content.codePointCount(0, content.length()) != 1) {
      return decoder;
    }
    String character = String.format("\\x{%x}", content.codePointAt(0));
    ObjectNode sequence = JsonNodeFactory.instance.objectNode().put("type", ComponentKind.SEQUENCE);
    ArrayNode list = sequence.putArray("decoders");
    if (start > 0) {
      list.add(removed("\\A" + character + "{1," + start + "}"));
    }
    list.add(removed(character + "{1," + stop + "}\\z"));
    return sequence;
  }

  private static ObjectNode removed(String regex) {
    ObjectNode replacement = JsonNodeFactory.instance.objectNode().put("type", "Replace").put("content", "");
    replacement.putObject("pattern").put("Regex", regex);
    return replacement;
  }
}
