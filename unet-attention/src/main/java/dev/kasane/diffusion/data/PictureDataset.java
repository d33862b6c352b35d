package dev.kasane.diffusion.data;

import dev.kasane.core.UserException;
import dev.kasane.core.files.ContentHash;
import dev.kasane.core.files.FileFault;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.picture.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * The captioned pictures of a run.
 *
 * @param pictures the readable ones; {@code pictures.get(i).index() == i}
 * @param unreadable what looked like a picture or had a broken caption, with the reason
 * @param captionsWithoutPicture caption files and entries whose picture is not there
 * @param options where they came from
 */
public record PictureDataset(
    List<DatasetPicture> pictures,
    List<Unreadable> unreadable,
    List<String> captionsWithoutPicture,
    DatasetOptions options) {

  /**
   * A file that was left out.
   *
   * @param file its path
   * @param reason the whole message of what is wrong and what to do
   */
  public record Unreadable(Path file, String reason) {}

  public PictureDataset {
    pictures = List.copyOf(pictures);
    unreadable = List.copyOf(unreadable);
    captionsWithoutPicture = List.copyOf(captionsWithoutPicture);
  }

  /**
   * Finds, checks and hashes all pictures and reads their captions.
   *
   * @param options where to look
   * @param alreadyDecoded says of a content hash whether that picture is known to decode, for example because
   *     its latents are cached; all others are decoded once here so that damage shows before training
   * @throws UserException if a folder cannot be walked, a {@code metadata.jsonl} is broken or a caption is
   *     not UTF-8. A picture that cannot be read is no failure here but listed as unreadable.
   */
  public static PictureDataset scan(DatasetOptions options, Predicate<String> alreadyDecoded) {
    DatasetScan scan = new DatasetScan(options, alreadyDecoded);
    scan.folder(options.folder(), false);
    options.regularisation().ifPresent(folder -> scan.folder(folder, true));
    return scan.result();
  }

  /** Scans and decodes every picture once. */
  public static PictureDataset scan(DatasetOptions options) {
    return scan(options, hash -> false);
  }

  /**
   * The pixels of a picture as they are trained on.
   *
   * @param picture one of this data set
   * @param placement its place in its bucket
   * @throws UserException if the file has changed since the scan, or cannot be read any more
   */
  public Picture load(DatasetPicture picture, Placement placement) {
    if (!ContentHash.of(picture.file()).equals(picture.contentHash())) {
      throw new FileFault(picture.file(), "has changed since the run began; its caption and cached "
          + "latents may no longer fit. Start the run again.");
    }
    return placement.apply(options.reader().read(picture.file()));
  }
}
