package dev.kasane.plugin.peft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFault;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads and writes {@code adapter_config.json}, within bounds and in PEFT's layout. */
final class ConfigFiles {
  private static final int LARGEST = 1 << 20;
  private static final int DEEPEST = 16;
  private static final int LONGEST_TEXT = 1 << 16;
  private static final int LONGEST_NUMBER = 40;
  private static final ObjectMapper JSON = Json.strict(StreamReadConstraints.builder().maxNestingDepth(DEEPEST)
      .maxStringLength(LONGEST_TEXT).maxNameLength(LONGEST_TEXT).maxNumberLength(LONGEST_NUMBER).build());
  private static final DefaultPrettyPrinter LAYOUT = new DefaultPrettyPrinter(Separators.createDefaultInstance()
          .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
      .withArrayIndenter(new DefaultIndenter("  ", "\n")).withObjectIndenter(new DefaultIndenter("  ", "\n"));

  private ConfigFiles() {}

  /**
   * Reads and checks a configuration.
   *
   * @throws FileFault that names the file, and the key if one is at fault
   */
  static PeftConfig read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new FileFault(file, "is missing. A PEFT adapter's scale stands in it, so the tensors alone cannot"
          + " be used; put it beside them");
    }
    try {
      long bytes = Files.size(file);
      if (bytes > LARGEST) {
        throw new FileFault(file, "has " + bytes + " bytes, expected at most " + LARGEST
            + "; this is no adapter's configuration");
      }
      return ConfigCheck.check(parse(InputFile.text(file)));
    } catch (IllegalArgumentException e) {
      throw new FileFault(file, e.getMessage(), e);
    } catch (MalformedInputException e) {
      throw new FileFault(file, "is no UTF-8 text; it is damaged or no configuration", e);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
  }

  /**
   * Parses the text of a configuration.
   *
   * @throws IllegalArgumentException that says where it is no JSON object
   */
  static ObjectNode parse(String text) {
    try {
      JsonNode root = JSON.readTree(text);
      if (root instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no valid JSON, " + JsonFault.of(e), e);
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  /** The configuration as one line. */
  static String text(PeftConfig config) {
    return config.json().toString();
  }

  /** The keys in PEFT's order. Patterns stay in theirs, for the first that fits a layer counts. */
  private static ObjectNode sorted(ObjectNode config) {
    ObjectNode sorted = config.objectNode();
    new TreeMap<>(config.properties().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))).forEach(sorted::set);
    return sorted;
  }

  /** Writes a configuration; one that is there is replaced when the new one is complete. */
  static void write(ObjectNode config, Path file) throws IOException {
    byte[] text = JSON.writer(LAYOUT).writeValueAsString(sorted(config)).getBytes(StandardCharsets.UTF_8);
    PendingFile.replace(file, text);
  }
}
