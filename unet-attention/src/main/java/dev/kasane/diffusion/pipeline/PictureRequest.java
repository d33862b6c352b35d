package dev.kasane.diffusion.pipeline;

import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import java.util.Locale;
import java.util.Optional;

/**
 * What to draw.
 *
 * @param prompt what should be seen
 * @param negative what should not be seen
 * @param seed of the noise
 * @param steps steps of the scheduler
 * @param guidance strength of classifier-free guidance, 1 for none
 * @param width in pixels
 * @param height in pixels
 * @param scheduler how noise is taken off
 * @param clipSkip layers of the text encoder to leave out at the end
 * @param start the picture to start from, if any
 */
public record PictureRequest(
    String prompt,
    String negative,
    long seed,
    int steps,
    double guidance,
    int width,
    int height,
    SchedulerKind scheduler,
    int clipSkip,
    Optional<Start> start) {

  /**
   * A picture to start from.
   *
   * @param picture of the requested size
   * @param strength share of the noise that is put on it, in (0, 1]
   */
  public record Start(Picture picture, double strength) {}

  /**
   * Checks the numbers against a base.
   *
   * @throws UserException naming the number
   */
  public void check(ImageModel model) {
    Ranges.require(steps >= 1 && steps <= 1000, "«steps»", steps, "1 to 1000");
    Ranges.require(guidance >= 0 && guidance <= 100, "«guidance»", guidance, "0 to 100");
    checkSize(model.sizeStep());
    int layers = model.textEncoder().config().layers();
    Ranges.require(clipSkip >= 0 && clipSkip < layers, "«clip skip»", clipSkip, "0 to " + (layers - 1));
    start.ifPresent(from -> {
      requireStrength(from.strength());
      Ranges.require(from.picture().width() == width && from.picture().height() == height, "«init»",
          from.picture().width() + "x" + from.picture().height(), width + "x" + height);
    });
  }

  /**
   * Checks how much of a start picture is given up.
   *
   * @throws UserException naming the number
   */
  public static void requireStrength(double strength) {
    Ranges.require(strength > 0 && strength <= 1, "«strength»", strength, "above 0 and up to 1");
  }

  /** The same from a start picture. */
  public PictureRequest startingFrom(Start from) {
    return new PictureRequest(prompt, negative, seed, steps, guidance, width, height, scheduler, clipSkip,
        Optional.of(from));
  }

  private void checkSize(int step) {
    boolean fits = width >= step && height >= step && width <= 4096 && height <= 4096
        && width % step == 0 && height % step == 0;
    Ranges.require(fits, "«size»", width + "x" + height, "multiples of " + step + " up to 4096");
  }

  /** The settings as the community writes them into a picture's text. */
  public String describe() {
    String text = prompt + (negative.isEmpty() ? "" : "\nNegative prompt: " + negative)
        + String.format(Locale.ROOT, "\nSteps: %d, Sampler: %s, CFG scale: %s, Seed: %d, Size: %dx%d",
            steps, scheduler.optionName(), guidance, seed, width, height);
    return text + (clipSkip > 0 ? ", Clip skip: " + (clipSkip + 1) : "")
        + start.map(from -> ", Denoising strength: " + from.strength()).orElse("");
  }
}
