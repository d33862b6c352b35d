package dev.kasane.diffusion.data.caption;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Captions in text files beside the pictures: {@code house.txt} for {@code house.jpg}.
 *
 * @param extensions file name extensions without dot, first match wins
 */
public record SidecarCaptions(List<String> extensions) implements CaptionSource {
  /** {@code .txt}, then {@code .caption}. */
  public static final List<String> USUAL_EXTENSIONS = List.of("txt", "caption");

  private static final int LIMIT = 1 << 20;

  /**
   * @throws UserException if an extension is empty or holds a path separator
   */
  public SidecarCaptions {
    extensions = extensions.stream().map(e -> e.startsWith(".") ? e.substring(1) : e).toList();
    for (String extension : extensions) {
      if (extension.isBlank() || extension.contains("/") || extension.contains("\\")) {
        throw new UserException("caption extension '" + extension + "': give letters such as txt");
      }
    }
  }

  /** The usual extensions. */
  public SidecarCaptions() {
    this(USUAL_EXTENSIONS);
  }

  @Override
  public Optional<String> find(Path picture) {
    String stem = FileNames.stem(picture);
    for (String extension : extensions) {
      for (String written : List.of(extension, extension.toUpperCase(Locale.ROOT))) {
        Path sidecar = picture.resolveSibling(stem + "." + written);
        if (Files.isRegularFile(sidecar)) {
          return Optional.of(CaptionSource.tidy(StrictText.read(sidecar, LIMIT)));
        }
      }
    }
    return Optional.empty();
  }
}
