package dev.kasane.diffusion.data.batch;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.picture.PictureSize;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Aspect-ratio buckets (the idea is NovelAI's of 2022): sizes of about the same area, so that pictures of any
 * shape train without being squeezed or losing more than a sliver.
 *
 * <p>Every picture has a bucket. The distance of two shapes is the difference of the logarithms of their
 * aspect ratios, so that 2:1 is as far from square as 1:2.
 */
public final class BucketPlan {
  private static final int LATENT_PIXELS = 8;
  private static final int LARGEST = 16384;

  private final int resolution;
  private final List<Bucket> buckets;
  private final int step;
  private final boolean noUpscale;

  private BucketPlan(int resolution, List<Bucket> buckets, int step, boolean noUpscale) {
    this.resolution = resolution;
    this.buckets = buckets;
    this.step = step;
    this.noUpscale = noUpscale;
  }

  /**
   * Buckets of at most {@code resolution²} pixels.
   *
   * @param resolution side of the square bucket in pixels, a multiple of the step
   * @param minSize shortest side in pixels; rounded up to a multiple of the step
   * @param maxSize longest side in pixels; rounded down to a multiple of the step
   * @param step what all sides are multiples of: 8 or a multiple of 8, usually 64
   * @param noUpscale whether a picture smaller than its bucket gets a bucket of its own, the largest that it
   *     fills without being enlarged
   * @throws UserException if the numbers do not fit together
   */
  public static BucketPlan of(int resolution, int minSize, int maxSize, int step, boolean noUpscale) {
    checkResolution(resolution, step);
    int shortest = (minSize + step - 1) / step * step;
    int longest = maxSize / step * step;
    if (minSize < 1 || shortest > resolution || longest < resolution || longest > LARGEST) {
      throw new UserException("bucket sizes from " + minSize + " to " + maxSize + " at resolution "
          + resolution + " and step " + step + ": the smallest must be 1 to " + resolution + ", the largest "
          + resolution + " to " + LARGEST);
    }
    TreeSet<Bucket> buckets = new TreeSet<>();
    long area = (long) resolution * resolution;
    for (int width = shortest; width <= longest; width += step) {
      int height = (int) Math.min(longest, area / width / step * step);
      if (height >= shortest) {
        buckets.add(new Bucket(width, height));
        buckets.add(new Bucket(height, width));
      }
    }
    return new BucketPlan(resolution, List.copyOf(buckets), step, noUpscale);
  }

  /**
   * One square bucket for all pictures.
   *
   * @throws UserException if the resolution is no multiple of 8
   */
  public static BucketPlan square(int resolution) {
    checkResolution(resolution, LATENT_PIXELS);
    return new BucketPlan(resolution, List.of(new Bucket(resolution, resolution)), LATENT_PIXELS, false);
  }

  private static void checkResolution(int resolution, int step) {
    if (step < LATENT_PIXELS || step % LATENT_PIXELS != 0) {
      throw new UserException("bucket step " + step + ": give a multiple of " + LATENT_PIXELS
          + ", the pixels of one latent; 64 is usual");
    }
    if (resolution < step || resolution > LARGEST || resolution % step != 0) {
      throw new UserException("resolution " + resolution + ": give a multiple of " + step + " from " + step
          + " to " + LARGEST);
    }
  }

  /** The side in pixels of the square whose area no bucket exceeds. */
  public int resolution() {
    return resolution;
  }

  /** The buckets in order of width; those made for small pictures are not among them. */
  public List<Bucket> buckets() {
    return buckets;
  }

  /**
   * The bucket of a picture: nearest in shape; of two equally near the larger.
   *
   * @param size the upright picture's size
   */
  public Bucket bucket(PictureSize size) {
    double shape = Math.log((double) size.width() / size.height());
    Bucket nearest = buckets.stream().min(Comparator
        .comparingDouble((Bucket b) -> Math.abs(Math.log(b.aspectRatio()) - shape))
        .thenComparing(b -> -(long) b.width() * b.height())
        .thenComparing(Comparator.naturalOrder())).orElseThrow();
    boolean tooSmall = size.width() < nearest.width() || size.height() < nearest.height();
    return noUpscale && tooSmall ? smaller(nearest, size) : nearest;
  }

  /** The largest size that the picture fills as it is; a picture below one step is enlarged to one step. */
  private Bucket smaller(Bucket nearest, PictureSize size) {
    return new Bucket(
        Math.max(step, Math.min(nearest.width(), size.width()) / step * step),
        Math.max(step, Math.min(nearest.height(), size.height()) / step * step));
  }

  /**
   * How a picture is brought into its bucket.
   *
   * @param size the upright picture's size
   * @param position where the crop lies in what hangs over
   */
  public Placement place(PictureSize size, CropPosition position) {
    return Placement.of(size, bucket(size), position);
  }
}
