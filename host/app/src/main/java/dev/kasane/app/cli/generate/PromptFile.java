package dev.kasane.app.cli.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import dev.kasane.text.data.Utf8Files;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prompts of a file, one JSON object a line: {@code {"prompt": "…", "adapter": "name"}}, where the adapter may
 * be a list of names or missing.
 */
final class PromptFile {
  private static final int MOST_BYTES = 64 << 20;

  /**
   * A line.
   *
   * @param prompt the text to continue
   * @param adapters names of the adapters that continue it
   */
  record Line(String prompt, Set<String> adapters) {}

  private PromptFile() {}

  /**
   * Reads a file.
   *
   * @throws UserException that names the line when one is malformed, or when there is none
   */
  static List<Line> read(Path file) {
    List<String> texts = lines(file);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      if (!texts.get(i).isBlank()) {
        lines.add(line(texts.get(i), file + ", line " + (i + 1)));
      }
    }
    if (lines.isEmpty()) {
      throw new UserException(file + " has no prompts. Give one JSON object a line: {\"prompt\": \"...\"}.");
    }
    return lines;
  }

  private static List<String> lines(Path file) {
    try {
      byte[] bytes = InputFile.bytes(file, MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new UserException(file + " is larger than 64 MiB. Split it.");
      }
      return Utf8Files.decode(bytes).lines().toList();
    } catch (CharacterCodingException e) {
      throw new UserException(file + " is not UTF-8 text. Save the file as UTF-8.", e);
    } catch (IOException e) {
      throw new UserException("Cannot read " + file + ": " + FileFaults.reason(e) + ". Check that it is a file and that"
          + " you may read it.", e);
    }
  }

  private static Line line(String text, String where) {
    try {
      JsonNode json = Json.MAPPER.readTree(text);
      if (!json.path("prompt").isTextual()) {
        throw new UserException(where + ": expected an object with a text 'prompt'.");
      }
      return new Line(json.get("prompt").asText(), names(json.path("adapter"), where));
    } catch (JsonProcessingException e) {
      throw new UserException(where + " is not valid JSON: " + JsonFault.of(e).what() + ".", e);
    }
  }

  private static Set<String> names(JsonNode adapter, String where) {
    Set<String> names = new LinkedHashSet<>();
    if (adapter.isTextual()) {
      names.add(adapter.asText());
    } else if (adapter.isArray()) {
      adapter.forEach(name -> names.add(name.asText()));
    } else if (!adapter.isMissingNode() && !adapter.isNull()) {
      throw new UserException(where + ": adapter is " + adapter + ", expected a name or a list of names.");
    }
    return names;
  }
}
