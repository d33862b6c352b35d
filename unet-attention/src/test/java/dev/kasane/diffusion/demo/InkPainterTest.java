package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InkPainterTest {
  private final SceneRenderer ink = new InkPainter();
  private final SceneGenerator scenes = new SceneGenerator(8);

  @Test
  void theSameSeedGivesTheSamePixels() {
    Scene scene = scenes.scene(0);
    assertThat(Pixels.of(ink.paint(scene, 4, 128)))
        .isEqualTo(Pixels.of(new InkPainter().paint(scene, 4, 128)));
  }

  @Test
  void printsAreColourlessAndMostlyPureInkOrPaper() {
    int creamChroma = InkPainter.CREAM.getRed() - InkPainter.CREAM.getBlue();
    for (int i = 0; i < 200; i++) {
      BufferedImage print = ink.paint(scenes.scene(i), i, 128);
      assertThat(Pixels.greatestChroma(print)).isLessThanOrEqualTo(creamChroma + 1);
      double black = Pixels.share(print, InkPainter.INK);
      double cream = Pixels.share(print, InkPainter.CREAM);
      assertThat(black).as("ink of %s", scenes.scene(i)).isBetween(0.04, 0.7);
      assertThat(cream).as("paper of %s", scenes.scene(i)).isBetween(0.12, 0.85);
    }
  }

  @Test
  void printsAreFarFromTheFlatStyle() {
    SceneRenderer flat = new ScenePainter();
    for (int i = 0; i < 50; i++) {
      Scene scene = scenes.scene(i);
      assertThat(Pixels.difference(flat.paint(scene, i, 128), ink.paint(scene, i, 128)))
          .isGreaterThan(0.95);
    }
  }

  @Test
  void darkerColoursCarryMoreInk() {
    Map<SceneColour, Double> inks = new EnumMap<>(SceneColour.class);
    for (SceneColour colour : SceneColour.values()) {
      Scene scene = new Scene(ObjectKind.STAR, colour, 1, Place.BEACH, Weather.SUNNY);
      inks.put(colour, Pixels.share(ink.paint(scene, 1, 128), InkPainter.INK));
    }
    assertThat(inks.get(SceneColour.WHITE)).isLessThan(inks.get(SceneColour.YELLOW));
    assertThat(inks.get(SceneColour.YELLOW)).isLessThan(inks.get(SceneColour.RED));
    assertThat(inks.get(SceneColour.RED)).isLessThan(inks.get(SceneColour.PURPLE));
  }

  @Test
  void hatchingRepeatsInEveryLatentCell() {
    Scene meadow = new Scene(ObjectKind.CAR, SceneColour.WHITE, 1, Place.MEADOW, Weather.SUNNY);
    BufferedImage print = ink.paint(meadow, 1, 128);
    for (int y = 124; y < 128; y++) {
      for (int x = 0; x < 112; x++) {
        assertThat(print.getRGB(x, y)).isEqualTo(print.getRGB(x + 8, y));
      }
    }
  }

  @Test
  void otherSizesAreHatchedToo() {
    BufferedImage large = ink.paint(scenes.scene(3), 3, 256);
    assertThat(large.getWidth()).isEqualTo(256);
    assertThat(Pixels.share(large, InkPainter.INK)).isBetween(0.05, 0.7);
  }
}
