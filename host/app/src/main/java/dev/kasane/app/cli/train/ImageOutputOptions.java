package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.Ranges;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.base.SamplePictures;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.training.TrainingPictures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the results of a run on pictures go, and what is drawn on the way. */
final class ImageOutputOptions {
  private static final int USUAL_PROMPTS = 4;

  @Mixin
  private RunOutputOptions common;

  @Option(names = "--cache", paramLabel = "DIR",
      description = "Folder for encoded pictures and captions (default: ~/.kasane/cache).")
  private Path cache;

  @RecipeKey
  @Option(names = "--format", paramLabel = "ID", defaultValue = "kohya",
      description = "Format of the adapter file (default: ${DEFAULT-VALUE}).")
  private String format;

  @RecipeKey
  @Option(names = "--save-dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float16",
      description = "Type of the saved tensors: float32, float16 or bfloat16 (default: ${DEFAULT-VALUE}).")
  private ElementType saveType;

  @RecipeKey
  @Option(names = "--sample-prompt", paramLabel = "TEXT", converter = Words.Prompt.class,
      description = "Prompt of the sample pictures and of the grid; several times (default: a few captions).")
  private List<String> samplePrompts = new ArrayList<>();

  @RecipeKey
  @Option(names = "--sample-steps", paramLabel = "N", defaultValue = "25",
      description = "Their sampling steps (default: ${DEFAULT-VALUE}).")
  private int sampleSteps;

  @RecipeKey
  @Option(names = "--sample-cfg", paramLabel = "X", defaultValue = "7.5",
      description = "Their guidance (default: ${DEFAULT-VALUE}).")
  private double sampleGuidance;

  @RecipeKey
  @Option(names = "--validate-every", paramLabel = "N", defaultValue = "100",
      description = "Steps between measurements on the pictures of --validation (default: ${DEFAULT-VALUE}).")
  private long validateEvery;

  /** Folder for encoded pictures and captions. */
  Path cache() {
    return cache == null ? Path.of(System.getProperty("user.home"), ".kasane", "cache") : cache;
  }

  TrainingSession.Output toOutput(Path data, long checkpointEvery, PluginHost host) {
    Ranges.require(validateEvery >= 1, "«validate every»", validateEvery, "1 or more");
    return common.toOutput(data.toAbsolutePath().normalize().getFileName().toString(), checkpointEvery, validateEvery,
        host.formats(), host.format(format), saveType);
  }

  SamplePictures toSamples(ImageModel model, TrainingPictures pictures, long seed) {
    Ranges.require(sampleSteps >= 1 && sampleSteps <= 1000, "«sample steps»", sampleSteps, "1 to 1000");
    Ranges.require(sampleGuidance >= 0 && sampleGuidance <= 100, "«sample cfg»", sampleGuidance, "0 to 100");
    List<String> prompts = samplePrompts.isEmpty() ? captions(pictures) : samplePrompts;
    return new SamplePictures(model, new SamplePictures.Settings(common.samples() ? prompts : List.of(), sampleSteps,
        sampleGuidance, model.nativeSize(), seed));
  }

  private static List<String> captions(TrainingPictures pictures) {
    Stream<DatasetPicture> captioned = pictures.split().training().stream().filter(each -> !each.regularisation());
    return captioned.map(each -> each.caption().orElse("")).filter(caption -> !caption.isBlank()).distinct()
        .limit(USUAL_PROMPTS).toList();
  }
}
