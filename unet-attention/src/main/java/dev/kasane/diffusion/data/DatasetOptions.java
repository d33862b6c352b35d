package dev.kasane.diffusion.data;

import dev.kasane.diffusion.data.caption.SidecarCaptions;
import dev.kasane.diffusion.picture.PictureReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the pictures of a run lie and how they are read.
 *
 * @param folder the pictures to learn from
 * @param regularisation a second folder with prior-preservation pictures, if any
 * @param captionExtensions extensions of caption files beside the pictures, first match wins
 * @param folderWordsAsCaptions whether a picture without caption takes the words of its {@code 10_words}
 *     folder
 * @param reader decodes the pictures
 */
public record DatasetOptions(
    Path folder,
    Optional<Path> regularisation,
    List<String> captionExtensions,
    boolean folderWordsAsCaptions,
    PictureReader reader) {

  public DatasetOptions {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(regularisation, "regularisation");
    Objects.requireNonNull(reader, "reader");
    captionExtensions = List.copyOf(captionExtensions);
  }

  /** A folder with everything else as usual. */
  public static DatasetOptions of(Path folder) {
    return new DatasetOptions(
        folder, Optional.empty(), SidecarCaptions.USUAL_EXTENSIONS, false, new PictureReader());
  }

  /** The same with a folder of prior-preservation pictures. */
  public DatasetOptions withRegularisation(Path other) {
    return new DatasetOptions(folder, Optional.of(other), captionExtensions, folderWordsAsCaptions, reader);
  }

  /** The same, but captionless pictures take the words of their repeating folder's name. */
  public DatasetOptions withFolderWordsAsCaptions() {
    return new DatasetOptions(folder, regularisation, captionExtensions, true, reader);
  }
}
