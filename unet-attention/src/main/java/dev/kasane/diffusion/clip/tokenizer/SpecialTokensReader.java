package dev.kasane.diffusion.clip.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds a folder's special tokens the way {@code transformers} 5 does, measured on all combinations of its
 * files.
 *
 * <p>{@code tokenizer_config.json} gives the roles. Unless it lists {@code added_tokens_decoder}, {@code
 * special_tokens_map.json} overrules it (the two contradict each other about SD 2.1's padding), and {@code
 * added_tokens.json} and {@code tokenizer.json} may list more tokens. Whether a token is looked for before or
 * after normalisation is the choice of its last declaration, where a role given as a plain string means
 * before.
 */
final class SpecialTokensReader {
  private static final String DECODER = "added_tokens_decoder";

  private final Path folder;
  private final String origin;
  private final Map<String, Integer> ids;
  private final Map<String, Declaration> roles = new LinkedHashMap<>();
  private final Map<Integer, Declaration> listed = new TreeMap<>();

  private record Declaration(String content, boolean normalized, boolean special) {
  }

  private SpecialTokensReader(Path folder, ClipVocabulary vocabulary) {
    this.folder = folder;
    this.origin = vocabulary.origin();
    this.ids = vocabulary.ids();
    // The order matters: of two declarations of one text the later counts.
    roles.put("bos_token", new Declaration(SpecialTokens.BEGIN, false, true));
    roles.put("eos_token", new Declaration(SpecialTokens.END, false, true));
    roles.put("unk_token", new Declaration(SpecialTokens.END, false, true));
    roles.put("pad_token", new Declaration(SpecialTokens.END, false, true));
  }

  /** The special tokens of a folder with this vocabulary. */
  static SpecialTokens read(Path folder, ClipVocabulary vocabulary) {
    SpecialTokensReader reader = new SpecialTokensReader(folder, vocabulary);
    reader.readFiles();
    return reader.resolve();
  }

  /** The special tokens of a vocabulary without any configuration. */
  static SpecialTokens defaults(ClipVocabulary vocabulary) {
    return new SpecialTokensReader(Path.of(""), vocabulary).resolve();
  }

  private void readFiles() {
    JsonNode configuration = readIfThere(TokenizerFiles.CONFIGURATION);
    readRoles(configuration, TokenizerFiles.CONFIGURATION, true);
    if (configuration.has(DECODER)) {
      configuration.get(DECODER).fields().forEachRemaining(token ->
          list(TokenizerFiles.CONFIGURATION, token.getKey(), token.getValue()));
      return;
    }
    readRoles(readIfThere(TokenizerFiles.SPECIAL_TOKENS), TokenizerFiles.SPECIAL_TOKENS, false);
    readIfThere(TokenizerFiles.ADDED_TOKENS).fields().forEachRemaining(token -> {
      boolean special = roles.values().stream().anyMatch(role -> role.content().equals(token.getKey()));
      listed.put(id(TokenizerFiles.ADDED_TOKENS, token.getKey(), token.getValue().asText()),
          new Declaration(token.getKey(), !special, special));
    });
    readIfThere(TokenizerFiles.SINGLE_FILE).path("added_tokens").forEach(token ->
        list(TokenizerFiles.SINGLE_FILE, token.path("id").asText(), token));
  }

  private JsonNode readIfThere(String name) {
    Path file = folder.resolve(name);
    return Files.exists(file) ? TokenizerFiles.readUnambiguous(file) : MissingNode.getInstance();
  }

  private void readRoles(JsonNode object, String file, boolean normalizedByDefault) {
    roles.replaceAll((role, before) -> {
      JsonNode value = object.path(role);
      if (value.isTextual()) {
        return new Declaration(value.asText(), false, true);
      }
      if (value.isObject()) {
        return declaration(file, value, normalizedByDefault, true);
      }
      return before;
    });
  }

  private void list(String file, String id, JsonNode token) {
    boolean special = token.path("special").asBoolean(false);
    Declaration declaration = declaration(file, token, !special, special);
    listed.put(id(file, declaration.content(), id), declaration);
  }

  private Declaration declaration(String file, JsonNode token, boolean normalizedByDefault, boolean special) {
    String content = token.path("content").asText("");
    if (content.isEmpty() || token.path("single_word").asBoolean(false)) {
      throw new FileFault(folder.resolve(file), "special token " + token + " "
          + (content.isEmpty() ? "has no content" : "asks for single_word, which CLIP tokenisers do not use")
          + ". Correct the file or take it from the original model.");
    }
    return new Declaration(content, token.path("normalized").asBoolean(normalizedByDefault), special);
  }

  private int id(String file, String content, String id) {
    try {
      int value = Integer.parseInt(id);
      Integer known = ids.get(content);
      if (value >= 0 && value < ClipVocabulary.MAX_IDS && (known == null || known == value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new FileFault(folder.resolve(file), "the id of token '" + content + "' is '" + id
          + "', expected a whole number. Take the file from the original model.", e);
    }
    throw new FileFault(folder.resolve(file), "token '" + content + "' has the id " + id
        + ", expected " + (ids.containsKey(content) ? "the vocabulary's " + ids.get(content)
            : "0 to " + (ClipVocabulary.MAX_IDS - 1))
        + ". Take all files of the tokeniser from one model.");
  }

  private SpecialTokens resolve() {
    roles.replaceAll((role, declared) -> listed.values().stream()
        .filter(token -> token.content().equals(declared.content())).findFirst().orElse(declared));
    List<Declaration> order = new ArrayList<>(listed.values());
    for (Declaration role : roles.values()) {
      if (!order.contains(role)) {
        order.add(role);
      }
    }
    Map<String, AddedToken> added = new LinkedHashMap<>();
    for (Declaration token : order) {
      boolean special = token.special() || roles.values().stream()
          .anyMatch(role -> role.content().equals(token.content()));
      added.put(token.content(), new AddedToken(token.content(), idOf(token), token.normalized(), special));
    }
    return new SpecialTokens(roleId("bos_token", added), roleId("eos_token", added),
        roleId("pad_token", added), roleId("unk_token", added), List.copyOf(added.values()));
  }

  private int roleId(String role, Map<String, AddedToken> added) {
    return added.get(roles.get(role).content()).id();
  }

  private int idOf(Declaration token) {
    Integer known = ids.get(token.content());
    if (known != null) {
      return known;
    }
    return listed.entrySet().stream().filter(entry -> entry.getValue().equals(token)).map(Map.Entry::getKey)
        .findFirst().orElseThrow(() -> new UserException(origin + ": the special token '" + token.content()
            + "' is in no vocabulary file, so it has no id. Expected it in " + TokenizerFiles.VOCABULARY
            + " or in " + TokenizerFiles.ADDED_TOKENS + "; take all files of the tokeniser from one model."));
  }
}
