package dev.kasane.diffusion.data.batch;

import dev.kasane.diffusion.picture.Lanczos;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PictureSize;

/**
 * How a picture comes into its bucket: scaled until it covers the bucket, then cropped.
 *
 * @param source the upright picture's size
 * @param bucket what comes out
 * @param scaled the size after scaling; covers the bucket and touches it on at least one axis
 * @param left columns cut off at the left after scaling
 * @param top rows cut off at the top after scaling
 */
public record Placement(PictureSize source, Bucket bucket, PictureSize scaled, int left, int top) {

  /**
   * Scales a picture as little as covers the bucket, and crops what stands out.
   *
   * @param source the upright picture's size
   * @param bucket what is to come out
   * @param position which part of the scaled picture is kept
   */
  public static Placement of(PictureSize source, Bucket bucket, CropPosition position) {
    double scale = Math.max(
        (double) bucket.width() / source.width(), (double) bucket.height() / source.height());
    int width = Math.max(bucket.width(), (int) Math.round(source.width() * scale));
    int height = Math.max(bucket.height(), (int) Math.round(source.height() * scale));
    int left = (int) Math.floor((width - bucket.width()) * position.horizontal());
    int top = (int) Math.floor((height - bucket.height()) * position.vertical());
    return new Placement(source, bucket, new PictureSize(width, height), left, top);
  }

  /** Whether the picture is enlarged, and so shows less detail than its bucket could. */
  public boolean upscaled() {
    return scaled.width() > source.width() || scaled.height() > source.height();
  }

  /** Share of the picture's area that the crop takes away, 0 to below 1. */
  public double croppedShare() {
    return 1 - (double) bucket.width() * bucket.height() / scaled.area();
  }

  /**
   * Scales and crops with a Lanczos filter that widens when it shrinks, so that fine patterns fade to their
   * mean instead of turning into false ones.
   *
   * @throws IllegalArgumentException if the picture has not the size that the placement was made for
   */
  public Picture apply(Picture picture) {
    if (picture.width() != source.width() || picture.height() != source.height()) {
      throw new IllegalArgumentException("a placement for " + source + " does not fit " + picture);
    }
    return scaled.equals(source)
        ? picture.crop(left, top, bucket.width(), bucket.height())
        : Lanczos.resize(picture, scaled, left, top, bucket.width(), bucket.height());
  }
}
