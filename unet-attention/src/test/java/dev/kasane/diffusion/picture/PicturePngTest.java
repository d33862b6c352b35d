package dev.kasane.diffusion.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturePngTest {
  private static final Picture PICTURE = new PictureReader().read(Goldens.file("lossless.webp"));

  @TempDir private Path folder;

  @Test
  void pixelsAndTextsComeBack() throws IOException {
    Path file = folder.resolve("out.png");
    Map<String, String> text = Map.of(
        "parameters", "a naïve house\nSteps: 20, Seed: 1", "Title", "重ね 🎨", "empty", "");
    PicturePng.write(file, PICTURE, text);
    assertThat(new PictureReader().read(file)).isEqualTo(PICTURE);
    assertThat(PicturePng.readText(file)).containsExactlyInAnyOrderEntriesOf(text);
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains("tEXtparameters\0a na\u00efve").contains("iTXtTitle\0");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void theSamePictureGivesTheSameBytes() throws IOException {
    PicturePng.write(folder.resolve("a.png"), PICTURE, Map.of("parameters", "x"));
    PicturePng.write(folder.resolve("b.png"), PICTURE, Map.of("parameters", "x"));
    assertThat(folder.resolve("a.png")).hasSameBinaryContentAs(folder.resolve("b.png"));
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNoRest() throws IOException {
    Path occupied = Files.createDirectories(folder.resolve("out.png/inside")).getParent();
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PicturePng.write(occupied, PICTURE, Map.of())).withMessageContaining("out.png");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PicturePng.write(folder.resolve("none/out.png"), PICTURE, Map.of()))
        .withMessageContaining("check that the folder exists");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(occupied);
    }
  }

  @Test
  void keywordsFollowTheFormat() {
    for (String keyword : new String[] {"", " lead", "naïve", "x".repeat(80), "a\0b"}) {
      assertThatIllegalArgumentException().isThrownBy(
          () -> PicturePng.write(folder.resolve("x.png"), PICTURE, Map.of(keyword, "text")));
    }
  }

  @Test
  void damageIsNamed() throws IOException {
    Path file = folder.resolve("out.png");
    PicturePng.write(file, PICTURE, Map.of("parameters", "a house"));
    byte[] bytes = Files.readAllBytes(file);
    int text = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a house");
    byte[] changed = bytes.clone();
    changed[text] = 'b';
    Files.write(file, changed);
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> PicturePng.readText(file))
        .withMessageContaining("out.png").withMessageContaining("checksum");
    Files.write(file, Arrays.copyOf(bytes, text + 2));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> PicturePng.readText(file))
        .withMessageContaining("ends within");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PicturePng.readText(Goldens.file("grey.jpg")))
        .withMessageContaining("PNG signature");
  }
}
