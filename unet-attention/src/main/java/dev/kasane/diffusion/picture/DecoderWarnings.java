package dev.kasane.diffusion.picture;

import java.io.EOFException;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Notices what a decoder warns of. With a warning the JPEG decoder fills the missing rest of a picture with grey: half
 * a picture must not be trained on in silence, so that counts as an error. A colour profile that it leaves out does
 * not.
 */
final class DecoderWarnings implements IIOReadWarningListener {
  private String truncation;
  private String profile;

  @Override
  public void warningOccurred(ImageReader source, String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no embedded icc")) {
      // Nothing is left out of a picture that never had one.
      return;
    } else if (lower.contains("profile")) {
      profile = message;
    } else if (lower.contains("premature end") || lower.contains("unexpected end") || lower.contains("truncated")) {
      truncation = message;
    }
  }

  /**
   * Insists on a whole picture.
   *
   * @throws EOFException when a part of it is missing
   */
  void requireWhole() throws EOFException {
    if (truncation != null) {
      throw new EOFException("the file is cut off (" + truncation + ")");
    }
  }

  /** Why the colour profile was left out, if it was. */
  Optional<String> profile() {
    return Optional.ofNullable(profile);
  }
}
