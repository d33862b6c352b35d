package dev.kasane.diffusion.data.caption;

import dev.kasane.core.UserException;

/**
 * What is done to a caption each time its picture is shown.
 *
 * @param triggerWord put in front of captions that do not have it; empty for none
 * @param shuffleTags whether the tags between commas change places
 * @param keepTokens how many of the caption's own tags keep their place at the front and are never dropped
 * @param captionDropout share of showings without any caption, 0 to 1
 * @param tagDropout share of the other tags that are left out, 0 to 1
 */
public record CaptionOptions(
    String triggerWord, boolean shuffleTags, int keepTokens, double captionDropout, double tagDropout) {
  /** Captions as they are written. */
  public static final CaptionOptions UNCHANGED = new CaptionOptions("", false, 0, 0, 0);

  /**
   * @throws UserException if a number is out of range
   */
  public CaptionOptions {
    triggerWord = CaptionSource.tidy(triggerWord);
    if (keepTokens < 0) {
      throw new UserException("keep tokens " + keepTokens + ": give 0 or more");
    }
    checkShare("caption dropout", captionDropout);
    checkShare("tag dropout", tagDropout);
  }

  private static void checkShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new UserException(name + " " + share + ": give a share from 0 to 1, such as 0.1");
    }
  }

  /** Whether a picture has the same caption at every showing, so that its encoding can be kept. */
  public boolean isConstant() {
    return !shuffleTags && captionDropout == 0 && tagDropout == 0;
  }
}
