package dev.kasane.text.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a {@code tokenizer.json} with its place in the file.
 *
 * @param place where the part stands, such as {@code pre_tokenizer.pretokenizers[1]}
 * @param json its content
 */
record TokenizerPart(Path file, String place, JsonNode json) {
  /** The longest chain of components known has six. */
  private static final int MOST_COMPONENTS = 64;
  private static final int LONGEST_QUOTE = 60;

  /** The part under a name; its content may be missing. */
  TokenizerPart child(String name) {
    return new TokenizerPart(file, place.isEmpty() ? name : place + "." + name, json.path(name));
  }

  /** The elements of a list. */
  List<TokenizerPart> elements() {
    List<TokenizerPart> elements = new ArrayList<>();
    for (int i = 0; i < json.size() && json.isArray(); i++) {
      elements.add(new TokenizerPart(file, place + "[" + i + "]", json.get(i)));
    }
    return elements;
  }

  /**
   * The components of a kind, in the order in which they work; none where the file has null.
   *
   * @throws UserException when a component is of no known type or there are too many
   */
  List<TokenizerPart> components(ComponentKind kind) {
    List<TokenizerPart> components = new ArrayList<>();
    TokenizerPart all = child(kind.place());
    if (!all.json.isMissingNode() && !all.json.isNull()) {
      all.addTo(components, kind, 0);
    }
    return components;
  }

  private void addTo(List<TokenizerPart> components, ComponentKind kind, int depth) {
    if (components.size() >= MOST_COMPONENTS || depth >= MOST_COMPONENTS) {
      throw refusal("is one component too many; at most " + MOST_COMPONENTS + " are run");
    }
    if (isType(ComponentKind.SEQUENCE)) {
      child(kind.list()).elements().forEach(element -> element.addTo(components, kind, depth + 1));
    } else if (kind.knows(text("type"))) {
      components.add(this);
    } else {
      throw refusal("is of the type " + quote(json.path("type").toString()) + ", which this program does not know");
    }
  }

  /** Whether this is a component of a type. */
  boolean isType(String type) {
    return json.path("type").asText().equals(type);
  }

  /** The text under a name, empty if there is none. */
  String text(String name) {
    return json.path(name).isTextual() ? json.path(name).asText() : "";
  }

  /** A whole number under a name in a range. */
  long number(String name, long least, long most) {
    JsonNode value = json.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
      throw child(name).refusal("is " + quote(value.toString()) + ", expected a whole number from " + least + " to "
          + most);
    }
    return value.asLong();
  }

  /** The refusal of the file for what stands here. */
  UserException refusal(String fault) {
    return new UserException(file + ": " + (place.isEmpty() ? "the file" : place) + " " + fault
        + ". Such a tokeniser is not run; take the model from another source.");
  }

  /** A text of the file, short enough for a message. */
  static String quote(String text) {
    return "'" + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "\u2026") + "'";
  }
}
