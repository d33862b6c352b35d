package dev.kasane.app.cli.train;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.diffusion.pipeline.ImageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Whether an image model's text encoder is trained beside its U-Net; use it as a mixin. */
final class TextEncoderOptions {
  @RecipeKey
  @Option(names = "--text-targets", paramLabel = "WORD", split = ",", arity = "0..1", fallbackValue = "attn",
      description = "Train the text encoder too; layers as --targets, attn when none are named.")
  private List<String> targets = new ArrayList<>();

  @RecipeKey
  @Option(names = "--text-learning-rate", paramLabel = "X",
      description = "Peak learning rate of the text encoder (default: --learning-rate).")
  private Double learningRate;

  /**
   * The text encoder's learning rate as a multiple of the U-Net's.
   *
   * @param unetRate the U-Net's
   */
  double rate(double unetRate) {
    if (learningRate == null) {
      return 1;
    }
    if (targets.isEmpty()) {
      throw new UserException("Option --text-learning-rate was given, but the text encoder is not trained. Name its"
          + " layers with --text-targets, or leave the option out.");
    }
    Ranges.require(learningRate > 0 && learningRate <= 10, "«text learning rate»", learningRate,
        "above 0, such as 5e-5");
    return learningRate / unetRate;
  }

  /** Adds what the learning rate means that was not given. */
  void addEffective(double unetRate, Map<String, Object> values) {
    if (!targets.isEmpty()) {
      values.put("--text-learning-rate", unetRate);
    }
  }

  /** Which layers of the text encoder get adapters; none where it is not trained. */
  Map<String, TargetSelector> targets() {
    return targets.isEmpty() ? Map.of() : Map.of(ImageModel.TEXT_ENCODER, TargetSelector.of(targets, List.of()));
  }
}
