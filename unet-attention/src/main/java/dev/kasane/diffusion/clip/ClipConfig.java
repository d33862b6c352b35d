package dev.kasane.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.config.ModelConfig;

/**
 * The shape of a CLIP text encoder as its {@code config.json} says (transformers' {@code CLIPTextModel}).
 *
 * @param vocabularySize entries of the token embedding
 * @param width width of a token
 * @param feedForwardWidth width inside the feed-forward
 * @param layers transformer layers
 * @param heads attention heads
 * @param positions longest input in tokens
 * @param epsilon epsilon of the layer normalisations
 * @param quickGelu whether the activation is x·σ(1.702x) (OpenAI's CLIP) rather than the exact GELU
 */
public record ClipConfig(
    int vocabularySize,
    int width,
    int feedForwardWidth,
    int layers,
    int heads,
    int positions,
    double epsilon,
    boolean quickGelu) {

  /**
   * Reads a configuration.
   *
   * @param json the content of {@code config.json}
   * @param origin the file, for messages
   * @throws UserException when it describes an encoder that this engine does not build
   */
  public static ClipConfig of(JsonNode json, String origin) {
    ModelConfig config = new ModelConfig(json, origin);
    String activation = config.text("hidden_act", "quick_gelu");
    if (!activation.equals("quick_gelu") && !activation.equals("gelu")) {
      throw new UserException(origin + ": hidden_act is '" + activation + "', expected quick_gelu or gelu.");
    }
    return new ClipConfig(
        config.integer("vocab_size", 49408),
        config.integer("hidden_size", 512),
        config.integer("intermediate_size", 2048),
        config.integer("num_hidden_layers", 12),
        config.integer("num_attention_heads", 8),
        config.integer("max_position_embeddings", 77),
        config.number("layer_norm_eps", 1e-5),
        activation.equals("quick_gelu"));
  }
}
