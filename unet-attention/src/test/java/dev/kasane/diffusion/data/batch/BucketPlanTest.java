package dev.kasane.diffusion.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.picture.PictureSize;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class BucketPlanTest {
  private static final BucketPlan USUAL = BucketPlan.of(512, 256, 1024, 64, false);

  @Example
  void bucketsHaveAboutOneAreaAndBothDirections() {
    assertThat(USUAL.buckets()).hasSize(17).contains(
        new Bucket(512, 512), new Bucket(768, 320), new Bucket(320, 768), new Bucket(256, 1024));
    assertThat(USUAL.buckets()).allSatisfy(bucket -> {
      assertThat(bucket.width() * bucket.height()).isLessThanOrEqualTo(512 * 512);
      assertThat(USUAL.buckets()).contains(new Bucket(bucket.height(), bucket.width()));
    });
  }

  @Example
  void aPictureGoesToTheNearestShape() {
    assertThat(USUAL.bucket(new PictureSize(4000, 3000))).isEqualTo(new Bucket(576, 448));
    assertThat(USUAL.bucket(new PictureSize(3000, 4000))).isEqualTo(new Bucket(448, 576));
    assertThat(USUAL.bucket(new PictureSize(10, 10))).isEqualTo(new Bucket(512, 512));
    assertThat(USUAL.bucket(new PictureSize(9000, 100))).isEqualTo(new Bucket(1024, 256));
    assertThat(BucketPlan.square(128).bucket(new PictureSize(4000, 3000))).isEqualTo(new Bucket(128, 128));
  }

  @Example
  void smallPicturesKeepTheirSizeWhenAsked() {
    BucketPlan plan = BucketPlan.of(512, 256, 1024, 64, true);
    assertThat(plan.bucket(new PictureSize(300, 200))).isEqualTo(new Bucket(256, 192));
    assertThat(plan.bucket(new PictureSize(3000, 3000))).isEqualTo(new Bucket(512, 512));
    Placement tiny = plan.place(new PictureSize(20, 30), CropPosition.CENTRE);
    assertThat(tiny.bucket()).isEqualTo(new Bucket(64, 64));
    assertThat(tiny.upscaled()).isTrue();
  }

  @Property(tries = 300)
  void everyPictureHasOneNearestBucketThatItCovers(
      @ForAll @IntRange(min = 1, max = 20_000) int width,
      @ForAll @IntRange(min = 1, max = 20_000) int height,
      @ForAll @DoubleRange(min = 0, max = 1) double position) {
    PictureSize size = new PictureSize(width, height);
    Placement placement = USUAL.place(size, new CropPosition(position, position));
    Bucket chosen = placement.bucket();
    assertThat(USUAL.buckets().stream().filter(chosen::equals)).hasSize(1);
    double shape = Math.log((double) width / height);
    assertThat(USUAL.buckets()).allSatisfy(other ->
        assertThat(Math.abs(Math.log(other.aspectRatio()) - shape))
            .isGreaterThanOrEqualTo(Math.abs(Math.log(chosen.aspectRatio()) - shape)));
    assertThat(placement.left()).isBetween(0, placement.scaled().width() - chosen.width());
    assertThat(placement.top()).isBetween(0, placement.scaled().height() - chosen.height());
    assertThat(placement.scaled().width() == chosen.width() || placement.scaled().height() == chosen.height())
        .isTrue();
    assertThat(placement.croppedShare()).isBetween(0.0, 1.0);
  }

  @Property(tries = 300)
  void withoutUpscalingNoPictureOfAStepOrMoreIsEnlarged(
      @ForAll @IntRange(min = 16, max = 2000) int width, @ForAll @IntRange(min = 16, max = 2000) int height) {
    BucketPlan plan = BucketPlan.of(128, 64, 256, 16, true);
    Placement placement = plan.place(new PictureSize(width, height), CropPosition.CENTRE);
    assertThat(placement.upscaled()).isFalse();
    assertThat(placement.bucket().width() % 16 + placement.bucket().height() % 16).isZero();
  }

  @Property(tries = 100)
  void cropPositionsAreAFunctionOfSeedAndPicture(@ForAll long seed, @ForAll @IntRange(min = 0) int picture) {
    assertThat(CropPosition.random(seed, picture)).isEqualTo(CropPosition.random(seed, picture))
        .isNotEqualTo(CropPosition.random(seed + 1, picture));
  }

  @Example
  void numbersThatDoNotFitAreRefused() {
    assertRefused(500, 256, 1024, 64, "resolution 500");
    assertRefused(512, 256, 1024, 12, "bucket step 12");
    assertRefused(512, 600, 1024, 64, "600 to 1024");
    assertRefused(512, 256, 500, 64, "256 to 500");
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> BucketPlan.square(100))
        .withMessageContaining("multiple of 8");
  }

  private static void assertRefused(int resolution, int min, int max, int step, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> BucketPlan.of(resolution, min, max, step, false)).withMessageContaining(message);
  }
}
