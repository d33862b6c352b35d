package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.tokenizer.ByteAlphabet;
import dev.kasane.text.tokenizer.file.TokenizerDescription;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How many bytes of UTF-8 each token of a byte-level vocabulary stands for. Where such a tokeniser puts nothing in and
 * leaves nothing out, its ids alone say where in a text each token stands; to ask the library for that takes half as
 * long again as the splitting.
 */
final class TokenBytes {
  private static final String BYTE_LEVEL = "ByteLevel";
  private static final Set<String> CUTTING = Set.of(BYTE_LEVEL, "Split", "Digits", "Punctuation", "UnicodeScripts");
  private static final int UNKNOWN = -1;

  /** By id. */
  private final int[] lengths;
  private final boolean composing;

  private TokenBytes(int[] lengths, boolean composing) {
    this.lengths = lengths;
    this.composing = composing;
  }

  /** The lengths, if the tokeniser is byte-level and no part of it can put anything into a text. */
  static Optional<TokenBytes> of(TokenizerDescription description) {
    ObjectNode json = description.json();
    Set<String> normalizers = types(json.path("normalizer"));
    Set<String> preTokenizers = types(json.path("pre_tokenizer"));
    Set<String> postProcessors = types(json.path("post_processor"));
    JsonNode model = json.path("model");
    boolean plain = model.path("type").asText().equals("BPE") && !model.hasNonNull("unk_token")
        && model.path("continuing_subword_prefix").asText("").isEmpty()
        && model.path("end_of_word_suffix").asText("").isEmpty()
        && preTokenizers.contains(BYTE_LEVEL) && CUTTING.containsAll(preTokenizers)
        && Set.of("NFC").containsAll(normalizers) && Set.of("TemplateProcessing").containsAll(postProcessors)
        && json.path("pre_tokenizer").findValues("add_prefix_space").stream().noneMatch(JsonNode::asBoolean);
    return plain ? Optional.of(new TokenBytes(lengths(description), !normalizers.isEmpty())) : Optional.empty();
  }

  private static Set<String> types(JsonNode component) {
    Set<String> types = new HashSet<>();
    component.findValues("type").forEach(type -> types.add(type.asText()));
    types.remove("Sequence");
    return types;
  }

  private static int[] lengths(TokenizerDescription description) {
    int[] lengths = new int[description.vocabulary().size()];
    Arrays.fill(lengths, UNKNOWN);
    description.json().path("model").path("vocab").fields().forEachRemaining(token -> {
      if (ByteAlphabet.spells(token.getKey())) {
        lengths[token.getValue().asInt()] = token.getKey().length();
      }
    });
    description.vocabulary().texts().forEach((id, text) ->
        lengths[id] = text.getBytes(StandardCharsets.UTF_8).length);
    return lengths;
  }

  /**
   * The places of a text's tokens; empty where they do not make up the text, byte for byte.
   *
   * @param text whole characters
   * @param ids its tokens, without marks around them
   */
  Optional<TokenSpans> place(String text, int[] ids) {
    if (composing && !Normalizer.isNormalized(text, Normalizer.Form.NFC)) {
      return Optional.empty();
    }
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    Walk walk = new Walk(text);
    long bytes = 0;
    for (int token = 0; token < ids.length; token++) {
      int length = lengths[ids[token]];
      bytes += length;
      if (length <= 0 || !walk.covers(bytes)) {
        return Optional.empty();
      }
      starts[token] = walk.begin();
      walk.to(bytes);
      ends[token] = walk.end();
    }
    return walk.isOver() ? Optional.of(new TokenSpans(ids, starts, ends)) : Optional.empty();
  }

  /** A walk through a text in bytes of UTF-8; a token that ends within a character has that character, as its next. */
  private static final class Walk {
    private final String text;
    /** Where the character begins that the walk has come to, and how many bytes lie before it. */
    private int at;
    private long before;
    private long reached;

    private Walk(String text) {
      this.text = text;
    }

    private boolean covers(long bytes) {
      return bytes - before <= 3L * (text.length() - at);
    }

    private int begin() {
      return at;
    }

    /** Goes on to after so many bytes of the text. */
    private void to(long bytes) {
      reached = bytes;
      while (at < text.length() && before + width() <= bytes) {
        before += width();
        at += Character.charCount(text.codePointAt(at));
      }
    }

    /** Where what was reached ends, the character that it lies in included. */
    private int end() {
      return reached > before && at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at;
    }

    private int width() {
      int character = text.codePointAt(at);
      return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }

    private boolean isOver() {
      return at == text.length() && before == reached;
    }
  }
}
