package dev.kasane.app.cli.train;

import dev.kasane.app.base.ComputeDevice;
import dev.kasane.app.base.DeviceWish;
import dev.kasane.app.cli.options.DeviceOptions;
import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.OptimizerKind;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How long and how fast a run trains; the same for pictures and for text. */
final class TrainingRunOptions {
  private static final long LONGEST = 100_000_000;

  @RecipeKey
  @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps (default: what --epochs gives).")
  Long steps;

  @RecipeKey
  @Option(names = "--epochs", paramLabel = "N", defaultValue = "10",
      description = "Showings of the whole data set, when --steps is not given (default: ${DEFAULT-VALUE}).")
  long epochs;

  @RecipeKey
  @Option(names = "--batch-size", paramLabel = "N", defaultValue = "1",
      description = "Examples that go through the model together (default: ${DEFAULT-VALUE}).")
  int batchSize;

  @RecipeKey
  @Option(names = "--accumulate", paramLabel = "N", defaultValue = "1",
      description = "Batches whose gradients make one step (default: ${DEFAULT-VALUE}).")
  int accumulate;

  @RecipeKey
  @Option(names = "--learning-rate", paramLabel = "X", defaultValue = "1e-4",
      description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
  double learningRate;

  @RecipeKey
  @Sets("learning-rate schedule")
  @Option(names = "--lr-schedule", paramLabel = "NAME", defaultValue = "constant",
      description = "constant, linear or cosine (default: ${DEFAULT-VALUE}).")
  String schedule;

  @RecipeKey
  @Option(names = "--warmup", paramLabel = "N", defaultValue = "0",
      description = "Steps over which the rate rises from 0 (default: ${DEFAULT-VALUE}).")
  long warmup;

  @Mixin
  private DeviceOptions device;

  @RecipeKey
  @Option(names = "--optimizer", paramLabel = "NAME", defaultValue = "adamw", converter = Words.OptimizerName.class,
      description = "adamw, or adamw8bit: its averages take 2 in place of 8 bytes for each number of an adapter's"
          + " larger tensors (default: ${DEFAULT-VALUE}).")
  OptimizerKind optimizer;

  @Option(names = "--paged-optimizer", paramLabel = "DIR",
      description = "Keep the optimiser's averages in a file in this folder, on a local disk, mapped into memory: the"
          + " system takes their room when something else needs it. The result is the same. On a GPU those of adamw8bit wait in"
          + " the host's pinned memory instead.")
  Path pagedOptimizer;

  @RecipeKey
  @Option(names = "--weight-decay", paramLabel = "X", defaultValue = "0.01",
      description = "Decoupled weight decay of AdamW (default: ${DEFAULT-VALUE}).")
  double weightDecay;

  @RecipeKey
  @Option(names = "--beta1", paramLabel = "X", defaultValue = "0.9",
      description = "AdamW's first decay (default: ${DEFAULT-VALUE}).")
  double beta1;

  @RecipeKey
  @Option(names = "--beta2", paramLabel = "X", defaultValue = "0.999",
      description = "AdamW's second decay (default: ${DEFAULT-VALUE}).")
  double beta2;

  @RecipeKey
  @Option(names = "--epsilon", paramLabel = "X", defaultValue = "1e-8",
      description = "AdamW's epsilon (default: ${DEFAULT-VALUE}).")
  double epsilon;

  @RecipeKey
  @Option(names = "--max-grad-norm", paramLabel = "X", defaultValue = "1",
      description = "Norm that gradients are clipped to, 0 for none (default: ${DEFAULT-VALUE}).")
  double maxGradNorm;

  @RecipeKey
  @Option(names = "--seed", paramLabel = "N", defaultValue = "42",
      description = "Everything random follows from it (default: ${DEFAULT-VALUE}).")
  long seed;

  @RecipeKey
  @Option(names = "--gradient-checkpointing", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Compute inner results again in backward instead of keeping them: less memory, more time."
          + " On without saying so where the base is quantised.")
  boolean gradientCheckpointing;

  @RecipeKey
  @Option(names = "--checkpoint-every", paramLabel = "N", defaultValue = "100",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).")
  long checkpointEvery;

  /**
   * The numbers of the run.
   *
   * @param batchesPerEpoch batches that show everything once
   */
  TrainingPlan plan(long batchesPerEpoch) {
    Ranges.require(accumulate >= 1, "«accumulate»", accumulate, "1 or more");
    Ranges.require(epochs >= 1 && epochs <= LONGEST, "«epochs»", epochs, "1 to " + LONGEST);
    Ranges.require(checkpointEvery >= 1, "«checkpoint every»", checkpointEvery, "1 or more");
    Ranges.require(learningRate > 0 && learningRate <= 10, "«learning rate»", learningRate, "above 0, such as 1e-4");
    Ranges.require(maxGradNorm >= 0, "«max grad norm»", maxGradNorm, "0 or more");
    Ranges.require(warmup >= 0, "«warmup»", warmup, "0 or more");
    long total = Optional.ofNullable(steps)
        .orElseGet(() -> Math.max(1, (epochs * batchesPerEpoch + accumulate - 1) / accumulate));
    Ranges.require(total >= 1 && total <= LONGEST, steps == null ? "«epochs»" : "«steps»",
        steps == null ? epochs : total, "at least 1 and not above " + LONGEST + " steps");
    LearningRate rate = new LearningRate(LearningRate.Kind.parse(schedule), learningRate, warmup, total);
    return new TrainingPlan(total, accumulate, rate, maxGradNorm, seed);
  }

  /**
   * Whether inner results are computed again in backward. On a quantised base they are unless that was ruled out:
   * otherwise every weight would be kept dense until backward, and nothing saved.
   *
   * @param spec the command that was called
   * @param quantisedBase whether the base is in few bits
   */
  boolean isSegmented(CommandSpec spec, boolean quantisedBase) {
    boolean said = spec.commandLine().getParseResult().hasMatchedOption("--gradient-checkpointing");
    return gradientCheckpointing || quantisedBase && !said;
  }

  /** Where the user wants to compute. */
  DeviceWish device() {
    return device.wish();
  }

  /**
   * What moves the parameters.
   *
   * @throws UserException when a number is out of its range, there is no folder for the states, or the device reaches
   *     no such states
   */
  OptimizerFactory optimizer(ComputeDevice device) {
    Ranges.require(beta1 >= 0 && beta1 < 1, "«beta1»", beta1, "from 0 to below 1");
    Ranges.require(beta2 >= 0 && beta2 < 1, "«beta2»", beta2, "from 0 to below 1");
    Ranges.require(epsilon > 0, "«epsilon»", epsilon, "above 0");
    Ranges.require(weightDecay >= 0, "«weight decay»", weightDecay, "0 or more");
    if (device.isGpu() && pagedOptimizer != null && optimizer != OptimizerKind.ADAMW8BIT) {
      throw new UserException("On a GPU --paged-optimizer goes with --optimizer adamw8bit, whose averages then wait"
          + " in the host's memory. Give that, leave paging out, or compute with --device cpu.");
    }
    return device.adamW(new AdamW.Settings(beta1, beta2, epsilon, weightDecay),
        optimizer == OptimizerKind.ADAMW8BIT, Optional.ofNullable(pagedOptimizer));
  }
}
