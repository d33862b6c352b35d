package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.tokenizer.TokenizerFiles;
import dev.kasane.text.tokenizer.check.StripDecoders;
import dev.kasane.text.tokenizer.check.TokenizerCheck;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All that a folder says of a tokeniser, as one {@code tokenizer.json} that needs no file beside it: what the
 * class of the tokeniser brings, and every added token with the id that it gets.
 *
 * @param origin the vocabulary's file, for messages
 * @param json the whole description
 * @param vocabulary the ids, of added tokens too
 * @param special the marks
 * @param cleaning whether the spaces that a word's end or an English contraction got are taken out of a decoded text
 */
public record TokenizerDescription(Path origin, ObjectNode json, AddedVocabulary vocabulary, SpecialTokens special,
    boolean cleaning) {
  private static final String ADDED = "added_tokens";

  /**
   * Brings the files of a folder together.
   *
   * @param json the content of a tokenizer.json; it is not changed
   * @throws UserException when a file is damaged or says what is not known here
   */
  public static TokenizerDescription of(Path folder, Path origin, ObjectNode json) {
    TokenizerCheck.checkIds(origin, json);
    TokenizerClass kind = TokenizerClass.of(folder, byteLevel(json));
    SideFiles files = SideFiles.read(folder, json.path(ADDED));
    kind.addDefaults(files);
    ObjectNode settings = files.settings();
    String padding = json.path("padding").path("pad_token").asText();
    if (!padding.isEmpty() && !settings.has("pad_token")) {
      settings.put("pad_token", padding);
    }
    ObjectNode whole = kind == TokenizerClass.AS_WRITTEN ? JsonNodeFactory.instance.objectNode().setAll(json)
        : ClassRules.rebuilt(kind, settings, json, origin);
    // Beside a tokenizer.json that says what goes around a text, transformers does not hear the configuration.
    settings.remove(SurroundingMarks.FLAGS);
    return of(folder, origin, kind, files, whole);
  }

  /**
   * Completes a description with added tokens and, where it does not say so itself, with what stands around a text.
   *
   * @param kind the tokeniser's class
   * @param files what the files beside the vocabulary say, with the defaults of the class
   * @param whole a tokenizer.json with the rules of the class; it becomes part of the description
   * @throws UserException when a file is damaged or says what is not known here
   */
  public static TokenizerDescription of(Path folder, Path origin, TokenizerClass kind, SideFiles files,
      ObjectNode whole) {
    ObjectNode settings = files.settings();
    requireWholeMarks(folder, settings);
    AddedVocabulary vocabulary = new AddedVocabulary(ids(origin, whole.path("model").path("vocab")));
    whole.path(ADDED).forEach(token -> vocabulary.add(AddedToken.of(token, false)));
    files.addTo(vocabulary);
    kind.addAgain(files, vocabulary);
    whole.set(ADDED, vocabulary.json());
    whole.putNull("truncation").putNull("padding");
    whole.set("decoder", StripDecoders.replaced(whole.path("decoder")));
    SpecialTokens special = SpecialTokens.of(folder, files, vocabulary);
    if (!whole.hasNonNull(SurroundingMarks.PLACE) || kind.surroundsItself()) {
      whole.set(SurroundingMarks.PLACE, SurroundingMarks.of(kind, files, vocabulary));
    }
    return new TokenizerDescription(origin, whole, vocabulary, special,
        cleaning(settings, whole.path("model").path("type").asText()));
  }

  /** A tokeniser that joins by BPE has spaces of its own, and transformers cleans up after it only when made to. */
  private static boolean cleaning(ObjectNode settings, String model) {
    return settings.path("clean_up_tokenization_spaces").asBoolean() && (!model.equals("BPE") || settings
        .path("clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output").asBoolean());
  }

  private static boolean byteLevel(ObjectNode json) {
    return Stream.of("normalizer", "pre_tokenizer", "post_processor", "decoder")
        .anyMatch(part -> json.path(part).toString().contains("\"ByteLevel\""));
  }

  private static void requireWholeMarks(Path folder, ObjectNode settings) {
    if (settings.path("split_special_tokens").asBoolean()) {
      throw new UserException(folder.resolve(TokenizerFiles.CONFIGURATION) + " asks with split_special_tokens that"
          + " marks in a text are split like other words, which this program does not do. Set it to false.");
    }
  }

  /** Text to id of the model's own vocabulary. */
  private static Map<String, Integer> ids(Path origin, JsonNode vocabulary) {
    Map<String, Integer> ids = new HashMap<>();
    if (vocabulary.isArray()) {
      for (int id = 0; id < vocabulary.size(); id++) {
        ids.put(vocabulary.path(id).path(0).asText(), id);
      }
    }
    vocabulary.fields().forEachRemaining(entry -> ids.put(entry.getKey(), entry.getValue().asInt()));
    if (ids.isEmpty()) {
      throw new UserException(origin + " has no vocabulary under model.vocab. Fetch the model's files again.");
    }
    return ids;
  }
}
