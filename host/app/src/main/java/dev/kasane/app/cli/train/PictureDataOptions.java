package dev.kasane.app.cli.train;

import dev.kasane.app.Home;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.DatasetOptions;
import dev.kasane.diffusion.data.batch.BucketPlan;
import dev.kasane.diffusion.data.caption.CaptionOptions;
import dev.kasane.diffusion.picture.PictureReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is learnt from: pictures, captions, sizes. */
final class PictureDataOptions {
  private static final String SHARE = "a share from 0 to 1, such as 0.1";
  private static final int LATENT_PIXELS = 8;
  private static final int LARGEST_SIDE = 8192;

  @RecipeKey
  @Option(names = "--data", paramLabel = "DIR",
      description = "Folder of pictures with captions beside them (.txt, .caption or metadata.jsonl); a "
          + "sub-folder 10_name counts ten times (default: the sample pictures).")
  Path data;

  @RecipeKey
  @Option(names = "--prior-data", paramLabel = "DIR",
      description = "Folder of pictures of the class without the style, for prior preservation.")
  Path priorData;

  @RecipeKey
  @Option(names = "--caption-extension", paramLabel = "EXT", split = ",", defaultValue = "txt,caption",
      description = "Extensions of caption files, first match wins (default: ${DEFAULT-VALUE}).")
  List<String> captionExtensions;

  @RecipeKey
  @Option(names = "--folder-captions", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "A picture without caption takes the words of its 10_words folder for one.")
  boolean folderCaptions;

  @RecipeKey
  @Option(names = "--allow-missing-captions", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Train pictures without caption on an empty one instead of stopping.")
  boolean allowMissingCaptions;

  @RecipeKey
  @Option(names = "--allow-unreadable", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Leave unreadable pictures out instead of stopping.")
  boolean allowUnreadable;

  @RecipeKey
  @Option(names = "--trigger", paramLabel = "WORD", defaultValue = "",
      description = "Word that is put in front of every caption that does not have it.")
  String trigger;

  @RecipeKey
  @Option(names = "--shuffle-captions", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Shuffle the comma-separated tags of a caption at every showing.")
  boolean shuffleCaptions;

  @RecipeKey
  @Option(names = "--keep-tokens", paramLabel = "N", defaultValue = "0",
      description = "Tags at the front that are neither shuffled nor dropped.")
  int keepTokens;

  @RecipeKey
  @Option(names = "--caption-dropout", paramLabel = "SHARE", defaultValue = "0",
      description = "Share of showings without any caption.")
  double captionDropout;

  @RecipeKey
  @Option(names = "--tag-dropout", paramLabel = "SHARE", defaultValue = "0",
      description = "Share of tags that are left out of a showing.")
  double tagDropout;

  @RecipeKey
  @Option(names = "--resolution", paramLabel = "PIXELS",
      description = "Side of the square whose area a picture is brought to (default: the base's own).")
  Integer resolution;

  @RecipeKey
  @Option(names = "--buckets", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Keep aspect ratios, in buckets of equal size; otherwise crop squares (default: yes).")
  boolean buckets;

  @RecipeKey
  @Option(names = "--bucket-step", paramLabel = "PIXELS",
      description = "Sides of buckets are multiples of this (default: 64, or 16 for a base below 256).")
  Integer bucketStep;

  @RecipeKey
  @Option(names = "--upscale", negatable = true, defaultValue = "true", fallbackValue = "true",
      description = "Enlarge pictures that are smaller than their bucket (default: yes).")
  boolean upscale;

  @RecipeKey
  @Option(names = "--random-crop", negatable = true, defaultValue = "false", fallbackValue = "true",
      description = "Cut a part chosen by lot rather than the centre.")
  boolean randomCrop;

  @RecipeKey
  @Option(names = "--flip", paramLabel = "SHARE", defaultValue = "0",
      description = "Share of showings that are mirrored.")
  double flip;

  @RecipeKey
  @Option(names = "--validation", paramLabel = "SHARE", defaultValue = "0",
      description = "Share of the pictures kept out of training to measure the loss on.")
  double validation;

  @RecipeKey
  @Option(names = "--background", paramLabel = "RRGGBB", defaultValue = "FFFFFF",
      description = "Colour behind transparent pictures (default: white).")
  String background;

  /** The folder to learn from. */
  Path folder() {
    return Optional.ofNullable(data).or(() -> Home.folder().map(home -> home.resolve("sample-images")))
        .orElseThrow(() -> new UserException("Option --data is missing: name the folder with your pictures."));
  }

  DatasetOptions dataset(Path folder) {
    PictureReader reader = new PictureReader(PictureReader.DEFAULT_LIMIT_MEGAPIXELS, colour());
    return new DatasetOptions(folder, Optional.ofNullable(priorData), captionExtensions, folderCaptions, reader);
  }

  private int colour() {
    if (!background.matches("#?[0-9a-fA-F]{6}")) {
      throw new UserException("Option --background is '" + background + "', expected six hexadecimal digits"
          + " such as FFFFFF.");
    }
    return Integer.parseInt(background.replace("#", ""), 16);
  }

  CaptionOptions captions() {
    Ranges.require(keepTokens >= 0, "«keep tokens»", keepTokens, "0 or more");
    Ranges.require(captionDropout >= 0 && captionDropout <= 1, "«caption dropout»", captionDropout, SHARE);
    Ranges.require(tagDropout >= 0 && tagDropout <= 1, "«tag dropout»", tagDropout, SHARE);
    return new CaptionOptions(trigger, shuffleCaptions, keepTokens, captionDropout, tagDropout);
  }

  BucketPlan bucketPlan(int nativeSize) {
    int side = resolution == null ? nativeSize : resolution;
    int step = step(nativeSize);
    Ranges.require(step >= LATENT_PIXELS && step % LATENT_PIXELS == 0, "«bucket step»", step,
        "a multiple of " + LATENT_PIXELS + " such as 64");
    Ranges.require(side >= step && side <= LARGEST_SIDE && side % step == 0, "«resolution»", side,
        "a multiple of " + step + " from " + step + " to " + LARGEST_SIDE);
    if (!buckets) {
      return BucketPlan.square(side);
    }
    return BucketPlan.of(side, Math.max(step, side / 2 / step * step), side * 2, step, !upscale);
  }

  /** Adds what options mean that were not given. */
  void addEffective(int nativeSize, Map<String, Object> values) {
    values.put("--resolution", resolution == null ? nativeSize : resolution);
    values.put("--bucket-step", step(nativeSize));
  }

  private int step(int nativeSize) {
    if (bucketStep != null) {
      return bucketStep;
    }
    return buckets ? (nativeSize < 256 ? 16 : 64) : LATENT_PIXELS;
  }
}
