package dev.kasane.diffusion.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PictureGridTest {
  private static final Picture RED = Picture.filled(64, 48, 0xff0000);
  private static final Picture BLUE = Picture.filled(64, 48, 0x0000ff);
  private static final List<List<Picture>> ROWS = List.of(List.of(RED, BLUE), List.of(BLUE, RED));

  @Test
  void picturesLieInTheirCells() {
    Picture grid = new PictureGrid(List.of(), List.of()).render(ROWS);
    assertThat(grid.width()).isEqualTo(2 * 64 + 3 * 6);
    assertThat(grid.height()).isEqualTo(2 * 48 + 3 * 6);
    assertThat(grid.pixel(6, 6)).isEqualTo(0xff0000);
    assertThat(grid.pixel(76, 6)).isEqualTo(0x0000ff);
    assertThat(grid.pixel(6, 60)).isEqualTo(0x0000ff);
    assertThat(grid.pixel(139, 107)).isEqualTo(0xff0000);
    assertThat(grid.pixel(71, 30)).isEqualTo(0xffffff);
  }

  @Test
  void titlesMakeRoomForThemselvesAndAreDrawn() {
    Picture bare = new PictureGrid(List.of(), List.of()).render(ROWS);
    Picture one = new PictureGrid(List.of("a", "b"), List.of()).render(ROWS);
    Picture wrapped = new PictureGrid(List.of("a", "after some long training"), List.of("x", "y"))
        .render(ROWS);
    assertThat(one.height()).isGreaterThan(bare.height());
    assertThat(wrapped.height()).isGreaterThan(one.height());
    assertThat(wrapped.width()).isGreaterThan(one.width());
    assertThat(dark(bare)).isZero();
    assertThat(dark(one)).isPositive();
    assertThat(dark(wrapped)).isGreaterThan(dark(one));
  }

  @Test
  void noLineIsWiderThanItsCell() {
    FontMetrics metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics()
        .getFontMetrics(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    String title = "a red house 🏠 Donaudampfschifffahrtsgesellschaftskapitänsmütze by the sea";
    List<String> lines = PictureGrid.wrap(title, 90, metrics);
    assertThat(lines).hasSizeGreaterThan(4)
        .allSatisfy(line -> assertThat(metrics.stringWidth(line)).isLessThanOrEqualTo(90));
    assertThat(String.join("", lines).replace(" ", "")).isEqualTo(title.replace(" ", ""));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    PictureGrid grid = new PictureGrid(List.of("one"), List.of());
    assertThatIllegalArgumentException().isThrownBy(() -> grid.render(ROWS))
        .withMessageContaining("1 column");
    PictureGrid bare = new PictureGrid(List.of(), List.of());
    assertThatIllegalArgumentException().isThrownBy(() -> bare.render(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bare.render(List.of(List.of(RED), List.of(RED, BLUE))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bare.render(List.of(List.of(RED, Picture.filled(1, 1, 0)))));
  }

  private static long dark(Picture picture) {
    long count = 0;
    for (int i = 0; i < picture.rgb().length; i += 3) {
      int brightest = Math.max(picture.rgb()[i] & 0xff,
          Math.max(picture.rgb()[i + 1] & 0xff, picture.rgb()[i + 2] & 0xff));
      if (brightest < 128) {
        count++;
      }
    }
    return count;
  }
}
