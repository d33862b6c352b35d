package dev.kasane.diffusion.data;

import java.io.EOFException;
import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Notices the warning with which the JPEG decoder fills the missing rest of a picture with grey. Half a
 * picture must not be trained on in silence, so the warning counts as an error.
 */
final class Truncation implements IIOReadWarningListener {
  private String warning;

  @Override
  public void warningOccurred(ImageReader source, String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("premature end") || lower.contains("unexpected end") || lower.contains("truncated")) {
      warning = message;
    }
  }

  void check() throws EOFException {
    if (warning != null) {
      throw new EOFException("the file is cut off (" + warning + ")");
    }
  }
}
