package dev.kasane.app.cli.generate;

import dev.kasane.app.cli.options.Sets;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.batch.Bucket;
import dev.kasane.diffusion.data.batch.CropPosition;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PictureReader;
import dev.kasane.diffusion.picture.PictureSize;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what to draw; use it as a mixin. */
final class PictureOptions {
  private static final int MOST_PICTURES = 10_000;
  private static final double DEFAULT_STRENGTH = 0.75;
  /** Other tools keep seeds in 32 bits. */
  private static final long SEEDS = 1L << 32;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @RecipeKey
  @Option(names = "--prompt", paramLabel = "TEXT", required = true, converter = Words.Prompt.class,
      description = "What should be seen, with (emphasis:1.3) where wanted; repeat it for several pictures.")
  private List<String> prompts;

  @RecipeKey
  @Option(names = "--negative", paramLabel = "TEXT", defaultValue = "", converter = Words.Prompt.class,
      description = "What should not be seen.")
  private String negative;

  // Chosen here and not at drawing time, so that a saved recipe knows it.
  @RecipeKey
  @Option(names = "--seed", paramLabel = "N",
      description = "Seed of the noise; the same seed gives the same picture (default: any, and printed).")
  private long seed = ThreadLocalRandom.current().nextLong(SEEDS);

  @RecipeKey
  @Option(names = "--count", paramLabel = "N", defaultValue = "1",
      description = "Pictures of each prompt, with the seeds that follow on (default: ${DEFAULT-VALUE}).")
  private int count;

  @RecipeKey
  @Option(names = "--steps", paramLabel = "N", defaultValue = "25",
      description = "Steps of the scheduler (default: ${DEFAULT-VALUE}).")
  private int steps;

  @RecipeKey
  @Sets("guidance")
  @Option(names = "--cfg", paramLabel = "X", defaultValue = "7.5",
      description = "Strength of classifier-free guidance, 1 for none (default: ${DEFAULT-VALUE}).")
  private double guidance;

  @RecipeKey
  @Option(names = "--size", paramLabel = "WxH", converter = Words.Size.class,
      description = "Size in pixels (default: what the base was trained for).")
  private PictureSize size;

  @RecipeKey
  @Option(names = "--scheduler", paramLabel = "NAME", converter = Words.Scheduler.class,
      defaultValue = "dpmpp-2m",
      description = "ddim, euler, euler-karras, euler-ancestral, dpmpp-2m, dpmpp-2m-karras, pndm or lcm"
          + " (default: ${DEFAULT-VALUE}).")
  private SchedulerKind scheduler;

  @RecipeKey
  @Option(names = "--clip-skip", paramLabel = "N", defaultValue = "0",
      description = "Layers of the text encoder to leave out at its end (default: ${DEFAULT-VALUE}).")
  private int clipSkip;

  @RecipeKey
  @Option(names = "--init", paramLabel = "PICTURE",
      description = "Picture to start from; it is scaled and cropped to the size.")
  private Path start;

  @RecipeKey
  @Option(names = "--strength", paramLabel = "X",
      description = "How much of the start picture is given up, above 0 up to 1 (default: 0.75).")
  private Double strength;

  /** The first seed. */
  long seed() {
    return seed;
  }

  /** How many pictures a prompt gets. */
  int count() {
    return count;
  }

  /**
   * What to draw, prompt by prompt, checked against a base.
   *
   * @param model the base; it needs no weights
   * @throws ParameterException when an option is out of range
   * @throws UserException when the start picture cannot be read
   */
  List<PictureRequest> requests(ImageModel model) {
    long all = (long) count * prompts.size();
    require(count >= 1 && all <= MOST_PICTURES,
        "--count is " + count + ", expected 1 to " + MOST_PICTURES / prompts.size() + ".");
    require(strength == null || start != null, "--strength has no meaning without --init PICTURE.");
    PictureSize wanted = size != null ? size : new PictureSize(model.nativeSize(), model.nativeSize());
    List<PictureRequest> requests = new ArrayList<>();
    for (String prompt : prompts) {
      for (int i = 0; i < count; i++) {
        requests.add(new PictureRequest(prompt, negative, seed + i, steps, guidance, wanted.width(), wanted.height(),
            scheduler, clipSkip, Optional.empty()));
      }
    }
    double share = strength == null ? DEFAULT_STRENGTH : strength;
    // The requests differ in prompt and seed alone.
    check(requests.get(0), share, model);
    if (start == null) {
      return requests;
    }
    PictureRequest.Start from = startFrom(start, wanted, share);
    return requests.stream().map(each -> each.startingFrom(from)).toList();
  }

  private static PictureRequest.Start startFrom(Path file, PictureSize wanted, double share) {
    Picture picture = new PictureReader().read(file);
    Placement placement = Placement.of(new PictureSize(picture.width(), picture.height()),
        new Bucket(wanted.width(), wanted.height()), CropPosition.CENTRE);
    return new PictureRequest.Start(placement.apply(picture), share);
  }

  private void check(PictureRequest request, double share, ImageModel model) {
    try {
      request.check(model);
      PictureRequest.requireStrength(share);
    } catch (UserException outOfRange) {
      throw new ParameterException(spec.commandLine(), outOfRange.getMessage(), outOfRange);
    }
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), "Option " + message);
    }
  }
}
