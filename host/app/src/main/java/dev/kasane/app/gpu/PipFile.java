package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One of pip's configuration files: sections of names and values, where a line that is set in goes on a value. */
final class PipFile {
  private static final int MOST_BYTES = 1 << 20;

  private final Map<String, Map<String, String>> sections = new HashMap<>();
  private Map<String, String> section = new HashMap<>();
  private String name = "";

  private PipFile() {}

  /**
   * The settings for fetching packages, by name.
   *
   * @throws UserException when the file cannot be read
   */
  static Map<String, String> read(Path file) {
    try {
      byte[] bytes = InputFile.bytes(file, MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new FileFault(file, "is larger than 1 MiB, which no configuration of pip's is");
      }
      return parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw FileFault.of(file, "pip's configuration cannot be read", e);
    }
  }

  static Map<String, String> parse(String text) {
    PipFile file = new PipFile();
    text.lines().forEach(file::take);
    Map<String, String> settings = new HashMap<>();
    // What is said for one command of pip's stands above what is said for all.
    for (String each : List.of("global", "download", "install")) {
      settings.putAll(file.sections.getOrDefault(each, Map.of()));
    }
    return settings;
  }

  private void take(String line) {
    String content = line.strip();
    if (content.isEmpty() || content.startsWith("#") || content.startsWith(";")) {
      return;
    }
    if (Character.isWhitespace(line.charAt(0)) && !name.isEmpty()) {
      section.merge(name, content, (before, more) -> (before + "\n" + more).strip());
    } else if (content.startsWith("[") && content.endsWith("]")) {
      section = sections.computeIfAbsent(content.substring(1, content.length() - 1), key -> new HashMap<>());
      name = "";
    } else {
      int end = (int) content.chars().takeWhile(letter -> letter != '=' && letter != ':').count();
      name = content.substring(0, end).strip().toLowerCase(Locale.ROOT).replace('_', '-');
      section.put(name, end < content.length() ? content.substring(end + 1).strip() : "");
    }
  }
}
