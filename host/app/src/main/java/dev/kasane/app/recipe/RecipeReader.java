package dev.kasane.app.recipe;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.kasane.core.JsonFault;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.Utf8;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads a recipe event by event, so that nothing is ever built and every value keeps its own letters:
 * {@code 1e-4} reaches the option as it was written.
 */
final class RecipeReader {
  /** The longest recipe that is read, in bytes. */
  static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final YAMLParser parser;

  private RecipeReader(Path file, YAMLParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @throws IOException when the file cannot be read
   * @throws UserException when it is too long, not UTF-8, not YAML or not a mapping of options to values
   */
  static Recipe read(Path file) throws IOException {
    try (YAMLParser parser = new YAMLFactory().createParser(text(file))) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return new Recipe(file, new RecipeReader(file, parser).entries());
    } catch (JsonProcessingException e) {
      throw new UserException(
          Recipe.where(file, JsonFault.of(e).line()) + "not a YAML recipe: " + fault(e) + ".", e);
    }
  }

  private static String text(Path file) throws IOException {
    byte[] bytes = InputFile.bytes(file, MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new FileFault(file, "longer than the 1 MiB that a recipe may have. Is it the right file?");
    }
    try {
      return Utf8.decode(bytes);
    } catch (CharacterCodingException e) {
      throw new FileFault(file, "not UTF-8 text. Save the recipe as UTF-8.", e);
    }
  }

  /** What is wrong, in the YAML parser's plain words for it, without what it was doing. */
  private static String fault(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null) {
      return marked.getProblem().lines().findFirst().orElse("broken");
    }
    return e.getCause() instanceof ReaderException ? "a control character stands in it" : JsonFault.of(e).what();
  }

  private List<RecipeEntry> entries() throws IOException {
    List<RecipeEntry> entries = new ArrayList<>();
    JsonToken first = parser.nextToken();
    if (first == null) {
      return entries;
    }
    if (first != JsonToken.START_OBJECT) {
      throw error("a recipe is a list of lines like 'rank: 8'");
    }
    while (next() == JsonToken.FIELD_NAME) {
      entries.add(entry());
    }
    if (parser.nextToken() != null) {
      throw error("a recipe is one YAML document, and a second one begins here");
    }
    return entries;
  }

  private RecipeEntry entry() throws IOException {
    String key = parser.currentName();
    int line = line();
    List<String> values = new ArrayList<>();
    switch (next()) {
      case START_ARRAY -> readList(key, values);
      case START_OBJECT -> readMapping(key, values);
      case VALUE_NULL -> { }
      default -> values.add(parser.getText());
    }
    return new RecipeEntry(key, line, List.copyOf(values));
  }

  private void readList(String key, List<String> values) throws IOException {
    while (next() != JsonToken.END_ARRAY) {
      values.add(scalar(key));
    }
  }

  private void readMapping(String key, List<String> values) throws IOException {
    while (next() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      next();
      values.add(name + "=" + scalar(key));
    }
  }

  private String scalar(String key) throws IOException {
    if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_NULL) {
      throw error("'" + key + "' holds something other than plain values");
    }
    return parser.getText();
  }

  private JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (parser.isCurrentAlias()) {
      throw error("a recipe has no aliases; write the value out");
    }
    if (parser.getTypeId() != null) {
      throw error("a recipe has no tags; remove '" + parser.getTypeId() + "'");
    }
    return token;
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private UserException error(String message) {
    return new UserException(Recipe.where(file, line()) + message + ".");
  }
}
