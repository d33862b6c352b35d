package dev.kasane.diffusion.data;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.batch.Bucket;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.data.caption.MetadataCaptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a run is going to train on, shown before it starts.
 *
 * @param buckets pictures and showings an epoch by bucket, in order of width
 * @param pictures all readable pictures
 * @param placements how each of them comes into its bucket, in the same order
 * @param missingCaptions names of pictures without caption
 * @param emptyCaptions names of pictures whose caption is an empty text
 * @param duplicates names of pictures with the same bytes, by group
 * @param dataset what the report is about
 */
public record DatasetReport(
    Map<Bucket, BucketCount> buckets,
    List<DatasetPicture> pictures,
    List<Placement> placements,
    List<String> missingCaptions,
    List<String> emptyCaptions,
    List<List<String>> duplicates,
    PictureDataset dataset) {

  /**
   * @param pictures different files
   * @param showings files times repeats
   */
  public record BucketCount(int pictures, int showings) {}

  /**
   * Draws up the report.
   *
   * @param dataset the scanned data set
   * @param placement how a picture comes into its bucket
   */
  public static DatasetReport of(
      PictureDataset dataset, Function<DatasetPicture, Placement> placement) {
    List<DatasetPicture> pictures = dataset.pictures();
    List<Placement> placements = pictures.stream().map(placement).toList();
    Map<Bucket, BucketCount> buckets = new TreeMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      buckets.merge(placements.get(i).bucket(), new BucketCount(1, pictures.get(i).repeats()),
          (a, b) -> new BucketCount(a.pictures() + b.pictures(), a.showings() + b.showings()));
    }
    return new DatasetReport(buckets, pictures, placements,
        names(pictures.stream().filter(p -> p.caption().isEmpty()).toList()),
        names(pictures.stream().filter(p -> p.caption().filter(String::isEmpty).isPresent()).toList()),
        duplicates(pictures), dataset);
  }

  private static List<String> names(List<DatasetPicture> pictures) {
    return pictures.stream().map(DatasetPicture::name).toList();
  }

  private static List<List<String>> duplicates(List<DatasetPicture> pictures) {
    return pictures.stream()
        .collect(Collectors.groupingBy(DatasetPicture::contentHash, TreeMap::new, Collectors.toList()))
        .values().stream().filter(group -> group.size() > 1).map(DatasetReport::names).toList();
  }

  /** Names of pictures that are enlarged. */
  public List<String> upscaled() {
    List<String> upscaled = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      if (placements.get(i).upscaled()) {
        upscaled.add(pictures.get(i).name());
      }
    }
    return upscaled;
  }

  /** Mean share of a picture's area that is cropped away, 0 to 1; 0 without pictures. */
  public double meanCroppedShare() {
    return placements.stream().mapToDouble(Placement::croppedShare).average().orElse(0);
  }

  /** Showings of an epoch over all buckets. */
  public int showings() {
    return buckets.values().stream().mapToInt(BucketCount::showings).sum();
  }

  /**
   * Refuses a data set that should not be trained on.
   *
   * @param allowMissingCaptions whether pictures without caption are trained with an empty one
   * @param allowUnreadable whether unreadable files are left out
   * @throws UserException if there is no picture, or something is missing that is not allowed to be
   */
  public void check(boolean allowMissingCaptions, boolean allowUnreadable) {
    List<PictureDataset.Unreadable> unreadable = dataset.unreadable();
    if (!unreadable.isEmpty() && !allowUnreadable) {
      List<String> details = new ArrayList<>(unreadable.stream().map(each -> "  " + each.reason()).toList());
      details.add("Mend or remove them, or give «allow unreadable» to train without them.");
      throw new UserException(unreadable.size() + " picture(s) cannot be read:", details, null);
    }
    if (pictures.stream().allMatch(DatasetPicture::regularisation)) {
      throw new UserException(dataset.options().folder() + ": no pictures to learn from in this folder or "
          + "below it; put pictures (JPEG, PNG, WebP, TIFF, BMP, PSD, GIF) and their captions there");
    }
    if (!missingCaptions.isEmpty() && !allowMissingCaptions) {
      throw new UserException(missingCaptions.size() + " picture(s) have no caption: "
          + DatasetReportText.some(missingCaptions) + ". Write one into a text file of the same name ("
          + DatasetReportText.example(missingCaptions.get(0), dataset.options()) + ") or into "
          + MetadataCaptions.FILE_NAME + missingFolderCaptions()
          + ", or give «allow missing captions» to train on an empty one.");
    }
  }

  /** That the folders' names could be the captions, as kohya's trainer has it, where they say anything. */
  private String missingFolderCaptions() {
    Optional<String> words = missingCaptions.stream().flatMap(name -> PictureFolder.folderWords(name).stream())
        .findFirst();
    return words.map(text -> ", give «folder captions» to take the words of such folders for captions (here '" + text
        + "')").orElse("");
  }

  /** The report as lines of text. */
  public List<String> render() {
    return new DatasetReportText(this).lines();
  }

  /** The share in per cent with one digit. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
