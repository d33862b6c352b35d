package dev.kasane.app.cli;

import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.training.ImageTrainingSession;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.training.TrainingPictures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Where the results of a run go, and what is drawn on the way. */
final class TrainingOutputOptions {
  private static final int USUAL_PROMPTS = 4;

  @Option(names = "--out", paramLabel = "DIR",
      description = "Folder for the results (default: kasane-runs/NAME). A run that was stopped goes on there.")
  Path out;

  @Option(names = "--name", paramLabel = "NAME",
      description = "Name of the adapter file (default: the name of the data folder).")
  String name;

  @Option(names = "--overwrite", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Replace a finished run.")
  boolean overwrite;

  @Option(names = "--cache", paramLabel = "DIR",
      description = "Folder for encoded pictures and captions (default: ~/.kasane/cache).")
  Path cache;

  @Option(names = "--format", paramLabel = "ID", defaultValue = "kohya",
      description = "Format of the adapter file (default: ${DEFAULT-VALUE}).")
  String format;

  @Option(names = "--save-dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float16",
      description = "Type of the saved tensors: float32, float16 or bfloat16 (default: ${DEFAULT-VALUE}).")
  Precision saveType;

  @Option(names = "--sample-every", paramLabel = "N", defaultValue = "0",
      description = "Steps between sample pictures, 0 for none while training (default: ${DEFAULT-VALUE}).")
  long sampleEvery;

  @Option(names = "--sample-prompt", paramLabel = "TEXT",
      description = "Prompt of the sample pictures and of the grid; several times (default: a few captions).")
  List<String> samplePrompts = new ArrayList<>();

  @Option(names = "--samples", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Draw sample pictures and the before/after grid (default: yes).")
  boolean samples;

  @Option(names = "--sample-steps", paramLabel = "N", defaultValue = "25",
      description = "Their sampling steps (default: ${DEFAULT-VALUE}).")
  int sampleSteps;

  @Option(names = "--sample-cfg", paramLabel = "X", defaultValue = "7.5",
      description = "Their guidance (default: ${DEFAULT-VALUE}).")
  double sampleGuidance;

  @Option(names = "--validate-every", paramLabel = "N", defaultValue = "100",
      description = "Steps between measurements on the pictures of --validation (default: ${DEFAULT-VALUE}).")
  long validateEvery;

  ImageTrainingSession.Output toOutput(Path data, long checkpointEvery, PluginHost host) {
    Ranges.require(validateEvery >= 1, "--validate-every", validateEvery, "1 or more");
    Ranges.require(sampleEvery >= 0, "--sample-every", sampleEvery, "0 (never) or more");
    String named = name == null ? data.toAbsolutePath().normalize().getFileName().toString() : name;
    if (!named.matches("[^/\\\\:*?\"<>|\\p{Cntrl}]{1,100}") || named.startsWith(".")) {
      throw new UserException("Option --name is '" + named + "', which is no file name.");
    }
    Path folder = out == null ? Path.of("kasane-runs", named) : out;
    Path cacheFolder = cache == null ? Path.of(System.getProperty("user.home"), ".kasane", "cache") : cache;
    return new ImageTrainingSession.Output(folder, named, overwrite, cacheFolder, checkpointEvery, sampleEvery,
        validateEvery, host.format(format), saveType.toString());
  }

  ImageTrainingSession.Samples toSamples(ImageModel model, TrainingPictures pictures, long seed) {
    Ranges.require(sampleSteps >= 1 && sampleSteps <= 1000, "--sample-steps", sampleSteps, "1 to 1000");
    Ranges.require(sampleGuidance >= 0 && sampleGuidance <= 100, "--sample-cfg", sampleGuidance, "0 to 100");
    List<String> prompts = samplePrompts.isEmpty() ? captions(pictures) : samplePrompts;
    return new ImageTrainingSession.Samples(samples ? prompts : List.of(), sampleSteps, sampleGuidance,
        model.nativeSize(), seed);
  }

  private static List<String> captions(TrainingPictures pictures) {
    Stream<DatasetPicture> captioned = pictures.split().training().stream().filter(each -> !each.regularisation());
    return captioned.map(each -> each.caption().orElse("")).filter(caption -> !caption.isBlank()).distinct()
        .limit(USUAL_PROMPTS).toList();
  }
}
