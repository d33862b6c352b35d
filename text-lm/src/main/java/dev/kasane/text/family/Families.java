package dev.kasane.text.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelConfig;
import dev.kasane.core.UserException;
import dev.kasane.text.model.DecoderConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** All families of language models that there are. */
public final class Families {
  private static final List<Family> ALL = List.of(new LlamaFamily(), new MistralFamily(), new Qwen2Family(),
      new Gemma2Family(), new GptNeoxFamily(), new Gpt2Family(), new OptFamily());

  private Families() {}

  /**
   * The decoder that a {@code config.json} describes.
   *
   * @param json the file's content
   * @param origin the file, for messages
   * @throws UserException when the family is unknown, or a key is missing, wrong or not built
   */
  public static DecoderConfig read(JsonNode json, String origin) {
    ModelConfig config = new ModelConfig(json, origin);
    return find(config).orElseThrow(() -> unknown(config)).read(config);
  }

  /** Whether a {@code config.json} is that of a language model of a known family. */
  public static boolean recognises(JsonNode json) {
    return find(new ModelConfig(json, "config.json")).isPresent();
  }

  /** The architectures that are known, as {@code config.json} writes them. */
  public static List<String> architectures() {
    return ALL.stream().flatMap(family -> family.architectures().stream()).toList();
  }

  private static Optional<Family> find(ModelConfig config) {
    List<String> named = config.texts("architectures");
    String type = config.text("model_type", "");
    return named.isEmpty()
        ? ALL.stream().filter(family -> family.modelTypes().contains(type)).findFirst()
        : ALL.stream().filter(family -> family.architectures().stream().anyMatch(named::contains)).findFirst();
  }

  private static UserException unknown(ModelConfig config) {
    List<String> named = config.texts("architectures");
    String found = !named.isEmpty() ? "the architecture " + String.join(", ", named)
        : config.has("model_type") ? "the model type " + config.text("model_type", "")
        : "neither architectures nor model_type";
    return new UserException(config.origin() + " has " + found + ". Known are "
        + architectures().stream().collect(Collectors.joining(", ")) + ".");
  }
}
