package dev.kasane.diffusion.data.caption;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Captions of a {@code metadata.jsonl}: one JSON object a line with {@code file_name}, relative to the file's
 * own folder, and {@code text} or {@code caption}. Other fields are left to other programs.
 */
public final class MetadataCaptions implements CaptionSource {
  /** The file's name. */
  public static final String FILE_NAME = "metadata.jsonl";

  private static final int LIMIT = 256 << 20;

  private final Map<Path, Entry> entries = new LinkedHashMap<>();

  private record Entry(String caption, int line) {}

  /**
   * Reads the file of a folder.
   *
   * @param folder a folder with a {@code metadata.jsonl}
   * @throws UserException if the file is missing or a line is not as it has to be; names file and line
   */
  public MetadataCaptions(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new FileFault(file, "there is no such file; captions were to be read from it");
    }
    List<String> lines = StrictText.read(file, LIMIT).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        add(file, i + 1, lines.get(i));
      }
    }
  }

  @Override
  public Optional<String> find(Path picture) {
    return Optional.ofNullable(entries.get(key(picture))).map(Entry::caption);
  }

  /** The pictures that the file names, in its order, as absolute paths. */
  public Set<Path> pictures() {
    return Set.copyOf(entries.keySet());
  }

  private void add(Path file, int line, String json) {
    JsonNode node = parse(file, line, json);
    String name = text(file, line, node, "file_name");
    String field = node.has("text") ? "text" : "caption";
    String caption = CaptionSource.tidy(text(file, line, node, field));
    Entry earlier = entries.put(key(file.resolveSibling(name)), new Entry(caption, line));
    if (earlier != null) {
      throw new UserException(file + ", line " + line + ": '" + name + "' already has a caption in line "
          + earlier.line() + "; keep one of the two lines");
    }
  }

  private static JsonNode parse(Path file, int line, String json) {
    try {
      JsonNode node = Json.STRICT.readTree(json);
      if (!node.isObject()) {
        throw new UserException(file + ", line " + line + ": expected a JSON object such as "
            + "{\"file_name\": \"house.jpg\", \"text\": \"a house\"}");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new UserException(file + ", line " + line + ": no valid JSON (" + JsonFault.of(e).what()
          + "); each line must be one object with file_name and text", e);
    }
  }

  private static String text(Path file, int line, JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || !value.isTextual()) {
      throw new UserException(file + ", line " + line + ": field '" + field + "' is "
          + (value == null ? "missing" : "no text but " + value.getNodeType().name().toLowerCase(Locale.ROOT))
          + "; each line needs file_name and text (or caption)");
    }
    return value.textValue();
  }

  private static Path key(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
