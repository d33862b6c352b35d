package dev.kasane.diffusion.data.caption;

import java.nio.file.Path;
import java.util.Optional;

/** A place where captions are kept. */
public interface CaptionSource {

  /**
   * The caption of a picture, with runs of white space and line breaks made one blank each.
   *
   * @param picture the picture's path, below the folder that the source was made for
   * @return the caption, possibly empty text; nothing if this source has none for the picture
   * @throws dev.kasane.core.UserException if there is one but it cannot be read
   */
  Optional<String> find(Path picture);

  /** One line of text with single blanks. */
  static String tidy(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
