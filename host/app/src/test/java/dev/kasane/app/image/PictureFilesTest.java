package dev.kasane.app.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFilesTest {
  @TempDir
  private Path folder;

  private Path take(PictureFiles files) throws IOException {
    return Files.writeString(files.next(), "drawn");
  }

  private PictureFiles at(String name, boolean several, boolean overwrite) {
    return PictureFiles.at(folder.resolve(name).toString(), several, overwrite);
  }

  @Test
  void onePictureTakesTheName() throws IOException {
    assertThat(take(at("cat.png", false, false))).isEqualTo(folder.resolve("cat.png"));
  }

  @Test
  void aTakenNameIsLeftAlone() throws IOException {
    Files.writeString(folder.resolve("cat.png"), "old");
    Files.writeString(folder.resolve("cat-7.png"), "old");

    assertThat(take(at("cat.png", false, false))).isEqualTo(folder.resolve("cat-8.png"));
    assertThat(folder.resolve("cat.png")).hasContent("old");
  }

  @Test
  void severalAreNumberedBehindTheHighest() throws IOException {
    Files.writeString(folder.resolve("cat-2.png"), "old");
    PictureFiles files = at("cat.png", true, false);

    assertThat(take(files)).isEqualTo(folder.resolve("cat-3.png"));
    assertThat(take(files)).isEqualTo(folder.resolve("cat-4.png"));
  }

  @Test
  void overwritesWhenAsked() throws IOException {
    Files.writeString(folder.resolve("cat.png"), "old");
    Files.writeString(folder.resolve("cat-1.png"), "old");

    assertThat(take(at("cat.png", false, true))).isEqualTo(folder.resolve("cat.png"));
    PictureFiles several = at("cat.png", true, true);
    assertThat(take(several)).isEqualTo(folder.resolve("cat-1.png"));
    assertThat(take(several)).isEqualTo(folder.resolve("cat-2.png"));
  }

  @Test
  void aFolderIsMadeAndItsPicturesNamed() throws IOException {
    assertThat(take(at("new/deep", false, false))).isEqualTo(folder.resolve("new/deep/kasane.png"));
    assertThat(take(PictureFiles.at(folder.resolve("v1.5") + "/", false, false)))
        .isEqualTo(folder.resolve("v1.5/kasane.png"));
    assertThat(take(at("v1.5", true, false))).as("a folder that exists")
        .isEqualTo(folder.resolve("v1.5/kasane-1.png"));
  }

  @Test
  void theGridHasNumbersOfItsOwn() throws IOException {
    PictureFiles files = at("cat.png", true, false);
    take(files);
    Files.writeString(files.grid(), "drawn");

    assertThat(files.grid()).isEqualTo(folder.resolve("cat-grid-1.png"));
    assertThat(files.next()).isEqualTo(folder.resolve("cat-2.png"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat.jpg", ".png", "v1.5", ""})
  void refusesOtherEndings(String out) {
    assertThatThrownBy(() -> PictureFiles.requirePlace(out)).isInstanceOf(UserException.class)
        .hasMessageContaining("'" + out + "'").hasMessageContaining(".png");
  }

  @Test
  void namesAFolderThatCannotBeMade() throws IOException {
    Files.writeString(folder.resolve("file"), "in the way");

    assertThatThrownBy(() -> at("file/cat.png", false, false)).isInstanceOf(UserException.class)
        .hasMessageContaining("file").hasMessageContaining("«output»");
  }
}
