package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.core.UserException;
import dev.kasane.text.model.PositionConfig;
import dev.kasane.text.model.RotaryScaling;

/**
 * Reads rotary positions as transformers 4 ({@code rope_theta}, {@code rope_scaling}) and 5
 * ({@code rope_parameters}) write them.
 */
final class Rotary {
  private final ModelConfig json;
  private final ModelConfig scaling;
  private final int trained;

  Rotary(ModelConfig json, int defaultTrained) {
    this.json = json;
    this.scaling = json.object(json.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    this.trained = json.integer("max_position_embeddings", defaultTrained);
  }

  /** Positions that turn a whole head. */
  PositionConfig whole(int headWidth) {
    return part(headWidth, "rope_theta", scaling.number("partial_rotary_factor", 1));
  }

  /**
   * Positions that turn a part of a head.
   *
   * @param baseKey what the configuration calls the base
   * @param share how much of a head turns
   */
  PositionConfig part(int headWidth, String baseKey, double share) {
    double base = scaling.positive("rope_theta", json.positive(baseKey, 10_000));
    int width = (int) (headWidth * share);
    if (width < 2 || width % 2 != 0 || width > headWidth) {
      throw new UserException(json.origin() + ": rotary positions turn " + width + " of " + headWidth
          + " dimensions of a head, expected an even number from 2 to all of them.");
    }
    return new PositionConfig.Rotary(width, base, scaling(), trained);
  }

  private RotaryScaling scaling() {
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    return switch (type) {
      case "default" -> new RotaryScaling.None();
      case "linear" -> new RotaryScaling.Linear(factor());
      case "dynamic" -> new RotaryScaling.Dynamic(factor(), trained);
      case "llama3" -> new RotaryScaling.Llama3(factor(), scaling.positive("low_freq_factor", 1),
          scaling.positive("high_freq_factor", 4), original());
      case "yarn" -> yarn();
      default -> throw new UserException(json.origin() + ": rotary positions are scaled by '" + type
          + "'; this engine knows default, linear, dynamic, llama3 and yarn.");
    };
  }

  private double factor() {
    if (!scaling.has("factor")) {
      throw new UserException(scaling.origin() + ": factor is missing.");
    }
    return scaling.positive("factor", 1);
  }

  private int original() {
    return json.integer("original_max_position_embeddings",
        scaling.integer("original_max_position_embeddings", trained));
  }

  private RotaryScaling yarn() {
    double factor = scaling.positive("factor", (double) trained / original());
    double amplitude = scaling.positive("attention_factor", temperature(factor));
    return new RotaryScaling.Yarn(factor, amplitude, scaling.positive("beta_fast", 32),
        scaling.positive("beta_slow", 1), original(), scaling.flag("truncate", true));
  }

  /** 0.1·ln(factor) + 1 (Peng et al. 2023, section 3.4), or DeepSeek's quotient of two of these. */
  private double temperature(double factor) {
    double above = scaling.number("mscale", 0);
    double below = scaling.number("mscale_all_dim", 0);
    boolean quotient = above != 0 && below != 0;
    return quotient ? temperature(factor, above) / temperature(factor, below) : temperature(factor, 1);
  }

  private static double temperature(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }
}
