package dev.kasane.diffusion.checkpoint;

import dev.kasane.diffusion.scheduler.PredictionType;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a user can say about a base model beside where it is.
 *
 * @param variant which edition of the weights in a folder, such as {@code fp16}; nothing for the full one
 * @param configFolder a folder laid out like a diffusers base, whose configurations (and tokeniser) are used
 *     for a single file in place of those that Kasane works out
 * @param tokenizerFolder a folder with {@code vocab.json} and {@code merges.txt}, in place of the base's own
 * @param predictionType what the U-Net predicts, in place of what the base says
 */
public record BaseOptions(
    Optional<String> variant,
    Optional<Path> configFolder,
    Optional<Path> tokenizerFolder,
    Optional<PredictionType> predictionType) {

  /** Nothing said. */
  public static BaseOptions none() {
    return new BaseOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** With a variant of the weights. */
  public BaseOptions withVariant(String name) {
    return new BaseOptions(Optional.of(name), configFolder, tokenizerFolder, predictionType);
  }

  /** With a folder of configurations. */
  public BaseOptions withConfigFolder(Path folder) {
    return new BaseOptions(variant, Optional.of(folder), tokenizerFolder, predictionType);
  }

  /** With a tokeniser. */
  public BaseOptions withTokenizerFolder(Path folder) {
    return new BaseOptions(variant, configFolder, Optional.of(folder), predictionType);
  }

  /** With a prediction type. */
  public BaseOptions withPredictionType(PredictionType type) {
    return new BaseOptions(variant, configFolder, tokenizerFolder, Optional.of(type));
  }
}
