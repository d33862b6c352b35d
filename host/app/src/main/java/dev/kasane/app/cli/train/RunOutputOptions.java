package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the results of a run go, and how often something is tried out; the same for pictures and for text. */
final class RunOutputOptions {
  @Sets("output")
  @Option(names = "--out", paramLabel = "DIR",
      description = "Folder for the results (default: kasane-runs/NAME). A run that was stopped goes on there.")
  private Path out;

  @RecipeKey
  @Option(names = "--name", paramLabel = "NAME",
      description = "Name of the adapter (default: that of the data's folder or file).")
  private String name;

  @Option(names = "--overwrite", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Replace a finished run.")
  private boolean overwrite;

  @RecipeKey
  @Option(names = "--keep-checkpoint", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Keep the last checkpoint of a finished run: with more --steps the same command goes on from there"
          + " (default: yes).")
  private boolean keepCheckpoint;

  @RecipeKey
  @Option(names = "--samples", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Try prompts out before and after (default: yes).")
  private boolean samples;

  @RecipeKey
  @Option(names = "--sample-every", paramLabel = "N", defaultValue = "0",
      description = "Steps between samples, 0 for none while training (default: ${DEFAULT-VALUE}).")
  private long sampleEvery;

  /** Whether anything is tried out. */
  boolean samples() {
    return samples;
  }

  /**
   * The places and times of the results.
   *
   * @param usualName name of the run where none was given
   * @param checkpointEvery steps between checkpoints
   * @param measureEvery steps between measurements on what was held back
   * @param formats every format, each of which notes the training in the metadata in its words
   * @param format writes the adapter
   * @param stored type of the saved tensors
   */
  TrainingSession.Output toOutput(String usualName, long checkpointEvery, long measureEvery,
      List<AdapterFormat> formats, AdapterFormat format, ElementType stored) {
    Ranges.require(sampleEvery >= 0, "«sample every»", sampleEvery, "0 (never) or more");
    String named = name == null ? usualName : name;
    if (!named.matches("[^/\\\\:*?\"<>|\\p{Cntrl}]{1,100}") || named.startsWith(".")) {
      throw new UserException("Option --name is '" + named + "', which is no file name.");
    }
    return new TrainingSession.Output(out == null ? Path.of("kasane-runs", named) : out, named, overwrite,
        checkpointEvery, keepCheckpoint, sampleEvery, measureEvery, formats, format, stored);
  }
}
