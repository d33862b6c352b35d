package dev.kasane.app.cli.options;

import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.image.DemoBaseLocation;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.scheduler.PredictionType;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that choose a base model for pictures; use it as a mixin. */
public final class BaseModelOptions {
  @RecipeKey
  @Option(names = "--base", paramLabel = "BASE",
      description = "Base model: a folder in diffusers' layout, or a .safetensors or .ckpt file"
          + " (default: the demo base that comes with Kasane).")
  private Path base;

  @RecipeKey
  @Option(names = "--dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float32",
      description = "Type of the computation: float32, bfloat16 or float16 (default: ${DEFAULT-VALUE}).")
  private ElementType precision;

  @RecipeKey
  @Option(names = "--tokenizer", paramLabel = "DIR",
      description = "Folder with vocab.json and merges.txt, for a base that is a single file.")
  private Path tokenizer;

  @RecipeKey
  @Option(names = "--prediction-type", paramLabel = "TYPE", converter = Words.Prediction.class,
      description = "What the base predicts, where it does not say so itself: epsilon, v_prediction or"
          + " sample.")
  private PredictionType predictionType;

  /** Opens the base; the caller closes it. */
  public ImageBase open() {
    BaseOptions options = new BaseOptions(Optional.empty(), Optional.empty(), Optional.ofNullable(tokenizer),
        Optional.ofNullable(predictionType));
    return ImageBase.open(base == null ? DemoBaseLocation.find() : base, options, precision, QuantisedBase::read);
  }

  /** Whether a base was named. */
  public boolean isGiven() {
    return base != null;
  }

  /** The type of the computation. */
  public ElementType precision() {
    return precision;
  }
}
