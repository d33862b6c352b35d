package dev.kasane.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.ModelConfig;
import dev.kasane.core.UserException;
import java.util.List;

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
 * @param projectionWidth width of the projection of the pooled text, 0 for an encoder without
 *     ({@code CLIPTextModelWithProjection} has one)
 */
public record ClipConfig(
    int vocabularySize,
    int width,
    int feedForwardWidth,
    int layers,
    int heads,
    int positions,
    double epsilon,
    boolean quickGelu,
    int projectionWidth) {

  /** An encoder without projection. */
  public ClipConfig(int vocabularySize, int width, int feedForwardWidth, int layers, int heads, int positions,
      double epsilon, boolean quickGelu) {
    this(vocabularySize, width, feedForwardWidth, layers, heads, positions, epsilon, quickGelu, 0);
  }

  /** The same encoder with a projection of the pooled text. */
  public ClipConfig withProjection(int outputs) {
    return new ClipConfig(vocabularySize, width, feedForwardWidth, layers, heads, positions, epsilon,
        quickGelu, outputs);
  }

  /**
   * Reads a configuration. A projection is left out: Stable Diffusion 1.x and 2.x make no use of one.
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
    int width = config.integer("hidden_size", 512);
    int heads = config.integer("num_attention_heads", 8);
    config.requireSplit(List.of(width), "num_attention_heads", List.of(heads));
    return new ClipConfig(
        config.integer("vocab_size", 49408),
        width,
        config.integer("intermediate_size", 2048),
        config.integer("num_hidden_layers", 12),
        heads,
        config.integer("max_position_embeddings", 77),
        config.number("layer_norm_eps", 1e-5),
        activation.equals("quick_gelu"));
  }
}
