package dev.kasane.diffusion.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenePainterTest {
  private static final Scene PLAIN =
      new Scene(ObjectKind.HEART, SceneColour.RED, 2, Place.MEADOW, Weather.SUNNY);

  private final SceneRenderer painter = new ScenePainter();

  @Test
  void theSameSeedGivesTheSamePixels() {
    BufferedImage picture = painter.paint(PLAIN, 4, 128);
    assertThat(Pixels.of(picture)).isEqualTo(Pixels.of(new ScenePainter().paint(PLAIN, 4, 128)));
    assertThat(Pixels.difference(picture, painter.paint(PLAIN, 5, 128))).isPositive();
  }

  @ParameterizedTest
  @EnumSource(ObjectKind.class)
  void theObjectsCanBeSeenAndCounted(ObjectKind kind) {
    for (SceneColour colour : SceneColour.values()) {
      for (int count = 1; count <= Scene.MAX_COUNT; count++) {
        for (int seed = 0; seed < 6; seed++) {
          Scene scene = new Scene(kind, colour, count, Place.values()[seed], Weather.values()[seed % 4]);
          BufferedImage picture = painter.paint(scene, seed, 128);
          assertThat(Pixels.objects(picture, colour.rgb())).as("%s", scene).isEqualTo(count);
          assertThat(Pixels.share(picture, colour.rgb())).as("%s", scene).isGreaterThan(0.008 * count);
        }
      }
    }
  }

  @Test
  void noOtherObjectColourIsInThePicture() {
    SceneGenerator generator = new SceneGenerator(2);
    for (int i = 0; i < 200; i++) {
      Scene scene = generator.scene(i);
      BufferedImage picture = painter.paint(scene, i, 128);
      for (SceneColour other : SceneColour.values()) {
        if (other != scene.colour()) {
          // A few pixels may meet a colour by chance where two others blend.
          assertThat(Pixels.share(picture, other.rgb())).as("%s", scene).isLessThan(0.0005);
        }
      }
    }
  }

  @Test
  void everyChoiceChangesThePicture() {
    for (SceneRenderer renderer : List.of(painter, new InkPainter())) {
      BufferedImage picture = renderer.paint(PLAIN, 1, 128);
      for (Scene neighbour : neighbours(PLAIN)) {
        assertThat(Pixels.difference(picture, renderer.paint(neighbour, 1, 128)))
            .as("%s", neighbour).isGreaterThan(0.02);
      }
    }
  }

  @Test
  void otherSizesShowTheSameScene() {
    for (int size : new int[] {64, 192, 256}) {
      BufferedImage picture = painter.paint(PLAIN, 4, size);
      assertThat(picture.getWidth()).isEqualTo(size);
      assertThat(picture.getHeight()).isEqualTo(size);
      assertThat(Pixels.objects(picture, PLAIN.colour().rgb())).isEqualTo(2);
    }
  }

  @Test
  void uselessSizesAreRefused() {
    assertThatThrownBy(() -> painter.paint(PLAIN, 1, 8))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("8 pixels")
        .hasMessageContaining("16");
  }

  private static List<Scene> neighbours(Scene scene) {
    List<Scene> neighbours = new ArrayList<>();
    for (Scene other : EveryScene.list()) {
      int differences = (other.kind() == scene.kind() ? 0 : 1) + (other.colour() == scene.colour() ? 0 : 1)
          + (other.count() == scene.count() ? 0 : 1) + (other.place() == scene.place() ? 0 : 1)
          + (other.weather() == scene.weather() ? 0 : 1);
      if (differences == 1) {
        neighbours.add(other);
      }
    }
    return neighbours;
  }
}
