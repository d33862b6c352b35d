package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.diffusion.scheduler.PredictionType;
import java.util.Map;

/**
 * What the U-Net in a single file predicts, where nobody says so. In this order:
 *
 * <ol>
 *   <li>the metadata key {@code modelspec.prediction_type} of the file ({@code epsilon} or {@code v});
 *   <li>a tensor named {@code v_pred}, a mark that fine-tuned models carry;
 *   <li>version 1.x predicts the noise;
 *   <li>version 2.x predicts the noise if its {@code global_step} is 875000, the step at which the
 *       512-pixel base was published (diffusers' rule), or its {@code modelspec.architecture} ends in
 *       {@code 512};
 *   <li>any other version 2.x predicts v.
 * </ol>
 *
 * <p>The last two cannot be told from the weights: a fine-tuned 2.x base of 512 pixels needs the option.
 */
final class PredictionRule {
  private static final String STEP_OF_512_PIXEL_BASE = "875000";

  private PredictionRule() {}

  static PredictionType of(KnownBase kind, TensorSource source) {
    Map<String, String> metadata = source.metadata();
    String stated = metadata.getOrDefault("modelspec.prediction_type", "");
    if (stated.equals("v") || stated.equals(PredictionType.V_PREDICTION.configName())
        || source.names().contains("v_pred")) {
      return PredictionType.V_PREDICTION;
    }
    boolean base512 = metadata.getOrDefault("global_step", "").equals(STEP_OF_512_PIXEL_BASE)
        || metadata.getOrDefault("modelspec.architecture", "").endsWith("512");
    boolean epsilon = kind == KnownBase.SD1 || stated.equals(PredictionType.EPSILON.configName()) || base512;
    return epsilon ? PredictionType.EPSILON : PredictionType.V_PREDICTION;
  }
}
