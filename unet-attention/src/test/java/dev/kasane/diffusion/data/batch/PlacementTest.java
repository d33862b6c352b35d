package dev.kasane.diffusion.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.kasane.diffusion.picture.Goldens;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PictureReader;
import dev.kasane.diffusion.picture.PictureSize;
import org.junit.jupiter.api.Test;

class PlacementTest {

  /** Pillow rounds to 8 bits between its two passes: one level. */
  @Test
  void shrinkingFineChecksGivesPillowsLanczosPixels() {
    Picture checks = new PictureReader().read(Goldens.file("checks.png"));
    Picture expected = new PictureReader().read(Goldens.file("lanczos.png"));
    Bucket bucket = new Bucket(expected.width(), expected.height());
    Placement whole = new Placement(new PictureSize(checks.width(), checks.height()), bucket,
        new PictureSize(bucket.width(), bucket.height()), 0, 0);
    Picture fitted = whole.apply(checks);
    assertThat(Goldens.largestDifference(fitted, expected)).isLessThanOrEqualTo(1);
    assertThat(Goldens.meanDifference(fitted, expected)).isLessThan(0.2);
  }

  @Test
  void aCropIsThatPartOfTheWholeScaledPicture() {
    Picture checks = new PictureReader().read(Goldens.file("checks.png"));
    PictureSize source = new PictureSize(90, 70);
    PictureSize scaled = new PictureSize(41, 32);
    Picture whole = new Placement(source, new Bucket(41, 32), scaled, 0, 0).apply(checks);
    Picture part = new Placement(source, new Bucket(24, 16), scaled, 9, 11).apply(checks);
    assertThat(part).isEqualTo(whole.crop(9, 11, 24, 16));
  }

  @Test
  void oneColourStaysOneColour() {
    for (int side : new int[] {1, 7, 64, 500}) {
      Picture fitted = BucketPlan.square(64).place(new PictureSize(side, side + 3), CropPosition.CENTRE)
          .apply(Picture.filled(side, side + 3, 0x1280fe));
      assertThat(fitted).isEqualTo(Picture.filled(64, 64, 0x1280fe));
    }
  }

  @Test
  void aPictureOfBucketSizeIsNotTouched() {
    Picture picture = new PictureReader().read(Goldens.file("lossless.webp"));
    Placement placement = BucketPlan.square(16).place(new PictureSize(24, 16), new CropPosition(1, 0));
    assertThat(placement.apply(picture)).isEqualTo(picture.crop(8, 0, 16, 16));
    assertThat(placement.croppedShare()).isEqualTo(1 / 3.0, within(1e-9));
    assertThatIllegalArgumentException().isThrownBy(() -> placement.apply(Picture.filled(3, 3, 0)));
  }
}
