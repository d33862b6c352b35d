package dev.kasane.core.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.kasane.core.JsonFault;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.Utf8;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Parses the JSON of a header: syntax, types, names and repeated keys, but not the layout. */
final class HeaderParser {
  static final String METADATA_KEY = "__metadata__";

  // Names are not canonicalised: that table throws unchecked when a hostile file makes its hashes collide.
  private static final JsonFactory JSON = new JsonFactoryBuilder()
      .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
      .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNameLength(HeaderReader.MAX_HEADER_BYTES)
          .maxStringLength(HeaderReader.MAX_HEADER_BYTES)
          .build())
      .build();

  private final Path path;
  private final byte[] json;
  private final Map<String, TensorEntry> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Set<String> foreign = new LinkedHashSet<>();

  HeaderParser(Path path, byte[] json) {
    this.path = path;
    this.json = json;
  }

  /** Tensors in header order, their bytes counted from the end of the header and unchecked. */
  Collection<TensorEntry> tensors() {
    return tensors.values();
  }

  /** Names of the metadata that are no text. */
  Set<String> foreignMetadata() {
    return Collections.unmodifiableSet(foreign);
  }

  Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  void parse() {
    try (Reader utf8 = Utf8.reader(new ByteArrayInputStream(json));
        JsonParser parser = JSON.createParser(utf8)) {
      parseHeader(parser);
    } catch (CharacterCodingException malformed) {
      throw new FileFault(path, "the header is not valid UTF-8; the file is damaged", malformed);
    } catch (JsonProcessingException malformed) {
      throw new FileFault(path, "the header is not valid JSON (" + JsonFault.of(malformed)
          + "); the file is damaged", malformed);
    } catch (IOException failure) {
      throw FileFault.of(path, "the header cannot be read", failure);
    }
  }

  private void parseHeader(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the header", "an object");
    boolean metadataSeen = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.equals(METADATA_KEY)) {
        refuseRepeated(metadataSeen, key);
        metadataSeen = true;
        parseMetadata(parser, value);
      } else {
        requireWellFormed(key);
        refuseRepeated(tensors.containsKey(key), key);
        tensors.put(key, new EntryParser(path, key, parser).parse(value));
      }
    }
    if (parser.nextToken() != null) {
      throw new FileFault(path, "the header goes on after its JSON object; the file is damaged");
    }
  }

  private void parseMetadata(JsonParser parser, JsonToken first) throws IOException {
    if (first == JsonToken.VALUE_NULL) {
      return;
    }
    expect(first, JsonToken.START_OBJECT, METADATA_KEY, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
      requireWellFormed(key);
      refuseRepeated(metadata.containsKey(key), key);
      String value = text ? parser.getText() : json(parser);
      requireWellFormed(value);
      metadata.put(key, value);
      if (!text) {
        foreign.add(key);
      }
    }
  }

  /** A value as it stands; its length and depth are bounded by those of the header and of the parser. */
  private static String json(JsonParser parser) throws IOException {
    if (parser.currentToken().isScalarValue()) {
      return parser.getText();
    }
    StringWriter value = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(value)) {
      generator.copyCurrentStructure(parser);
    }
    return value.toString();
  }

  private void expect(JsonToken found, JsonToken expected, String what, String words) {
    if (found != expected) {
      throw new FileFault(path, what + " should be " + words + " but is "
          + (found == null ? "missing" : found) + "; the file is damaged");
    }
  }

  private void refuseRepeated(boolean repeated, String key) {
    if (repeated) {
      throw new FileFault(path, "the header names " + VisibleText.quote(key) + " twice, so it is"
          + " unclear which is meant; write the file again");
    }
  }

  /** JSON can escape half a surrogate pair, which no Unicode text contains and no file could store again. */
  private void requireWellFormed(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new FileFault(path, "the header holds half a character (a lone surrogate) in "
          + VisibleText.quote(text) + "; the file is damaged");
    }
  }
}
