package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VaePicturesTest {
  @Test
  void eachIndexHasItsOwnPictureAlways() {
    VaePictures pictures = new VaePictures(1);
    VaePictures again = new VaePictures(1);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      int[] pixels = Pixels.of(pictures.picture(i, 64));
      assertThat(Pixels.of(again.picture(i, 64))).isEqualTo(pixels);
      seen.add(Arrays.hashCode(pixels));
    }
    assertThat(seen).hasSize(300);
  }

  @Test
  void sharesOfTheStylesAreAsPromised() {
    VaePictures pictures = new VaePictures(2);
    int prints = 0;
    int flat = 0;
    for (int i = 0; i < 600; i++) {
      BufferedImage picture = pictures.picture(i, 128);
      boolean print = Pixels.share(picture, InkPainter.INK) > 0.02
          && Pixels.share(picture, InkPainter.CREAM) > 0.02;
      prints += print ? 1 : 0;
      flat += Pixels.share(picture, FlatPalette.OUTLINE) > 0.01 ? 1 : 0;
    }
    // Half of the prints and flat scenes are transformed, and some of those lose their own colours.
    assertThat(prints / 600.0).isBetween(0.15, 0.32);
    assertThat(flat / 600.0).isBetween(0.2, 0.42);
  }
}
