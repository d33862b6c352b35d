package dev.kasane.diffusion.clip.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a tokeniser folder in the layout of the CLIP tokenisers that Stable Diffusion models carry. */
final class VocabularyWriter {
  private static final String[] ROLES = {"bos_token", "eos_token", "pad_token", "unk_token"};

  private VocabularyWriter() {
  }

  static void write(ClipVocabulary vocabulary, Path folder) {
    try {
      Folders.make(folder);
      PendingFile.replace(folder.resolve(TokenizerFiles.VOCABULARY), json(vocabulary.ids(), false));
      PendingFile.replace(folder.resolve(TokenizerFiles.MERGES), merges(vocabulary));
      PendingFile.replace(folder.resolve(TokenizerFiles.SPECIAL_TOKENS), json(roles(), true));
      PendingFile.replace(folder.resolve(TokenizerFiles.CONFIGURATION), json(configuration(), true));
    } catch (IOException e) {
      throw new UserException("Cannot write the tokeniser to " + folder + ": " + FileFaults.reason(e)
          + ". Check that the folder can be written and that the disk has room.", e);
    }
  }

  private static String merges(ClipVocabulary vocabulary) {
    StringBuilder text = new StringBuilder("#version: 0.2\n");
    vocabulary.merges().forEach(pair ->
        text.append(pair.left()).append(' ').append(pair.right()).append('\n'));
    return text.toString();
  }

  private static Map<String, Object> roles() {
    Map<String, Object> roles = new LinkedHashMap<>();
    for (String role : ROLES) {
      roles.put(role, role.equals(ROLES[0]) ? SpecialTokens.BEGIN : SpecialTokens.END);
    }
    return roles;
  }

  private static Map<String, Object> configuration() {
    Map<String, Object> configuration = new LinkedHashMap<>(roles());
    configuration.put("add_prefix_space", false);
    configuration.put("do_lower_case", true);
    configuration.put("errors", "replace");
    configuration.put("model_max_length", ClipTokenizer.MAX_LENGTH);
    configuration.put("tokenizer_class", "CLIPTokenizer");
    return configuration;
  }

  private static String json(Object value, boolean indented) {
    try {
      return indented ? Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n"
          : Json.MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
