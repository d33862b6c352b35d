package dev.kasane.text.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the chat templates of a model's folder. */
public final class ChatTemplates {
  /** The name of the template that is taken when none is asked for. */
  public static final String DEFAULT = "default";

  private static final String FILE = "chat_template.jinja";
  private static final String CONFIGURATION = "tokenizer_config.json";
  private static final int LARGEST_FILE = 64 << 20;

  private ChatTemplates() {}

  /**
   * Every template of a folder by name: {@code chat_template} of {@code tokenizer_config.json}, one text or a list
   * of named ones, and {@code chat_template.jinja}, which goes before it.
   *
   * @throws UserException when a file cannot be read
   */
  public static Map<String, ChatTemplate> read(Path folder) {
    Map<String, ChatTemplate> templates = new LinkedHashMap<>();
    JsonNode listed = configuration(folder).path("chat_template");
    if (listed.isTextual()) {
      templates.put(DEFAULT, new ChatTemplate(listed.asText(), folder.toString()));
    }
    listed.forEach(named -> templates.put(named.path("name").asText(),
        new ChatTemplate(named.path("template").asText(), folder + " (" + named.path("name").asText() + ")")));
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      templates.put(DEFAULT, new ChatTemplate(text(file), file.toString()));
    }
    return templates;
  }

  /** The template that is taken when none is asked for, if the model has one. */
  public static Optional<ChatTemplate> find(Path folder) {
    return Optional.ofNullable(read(folder).get(DEFAULT));
  }

  private static JsonNode configuration(Path folder) {
    Path file = folder.resolve(CONFIGURATION);
    return Files.exists(file) ? JsonFiles.read(file, LARGEST_FILE) : JsonNodeFactory.instance.objectNode();
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new UserException(file + " is larger than 64 MiB, which no chat template is.");
      }
      return InputFile.text(file);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + e + ". Check that it is a text file.", e);
    }
  }
}
