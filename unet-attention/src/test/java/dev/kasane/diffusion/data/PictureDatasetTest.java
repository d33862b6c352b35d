package dev.kasane.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.batch.Bucket;
import dev.kasane.diffusion.data.batch.BucketPlan;
import dev.kasane.diffusion.data.batch.CropPosition;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.picture.Goldens;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PicturePng;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureDatasetTest {
  private static final BucketPlan PLAN = BucketPlan.of(128, 64, 256, 64, false);

  @TempDir private Path folder;

  @Test
  void subFoldersRepeatAsTheirNamesSay() throws IOException {
    picture("plain.png", 1);
    picture("10_ink_style/a.png", 2);
    picture("10_ink_style/deeper/b.png", 3);
    picture("other/c.png", 4);
    picture("other/2_x/d.png", 5);
    picture(".hidden/e.png", 6);
    picture("__MACOSX/f.png", 6);
    picture("._g.png", 7);
    List<DatasetPicture> pictures = PictureDataset.scan(DatasetOptions.of(folder)).pictures();
    assertThat(pictures).extracting(DatasetPicture::name).containsExactly(
        "10_ink_style/a.png", "10_ink_style/deeper/b.png", "other/2_x/d.png", "other/c.png", "plain.png");
    assertThat(pictures).extracting(DatasetPicture::repeats).containsExactly(10, 10, 2, 1, 1);
    assertThat(pictures).extracting(DatasetPicture::index).containsExactly(0, 1, 2, 3, 4);
    assertThat(pictures).allMatch(p -> p.caption().isEmpty());
    DatasetOptions words = DatasetOptions.of(folder).withFolderWordsAsCaptions();
    assertThat(PictureDataset.scan(words).pictures()).extracting(DatasetPicture::caption).containsExactly(
        Optional.of("ink style"), Optional.of("ink style"), Optional.of("x"), Optional.empty(),
        Optional.empty());
  }

  @Test
  void aYearIsNoRepeat() throws IOException {
    picture("2024_holiday/a.png", 1);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PictureDataset.scan(DatasetOptions.of(folder)))
        .withMessageContaining("2024_holiday").withMessageContaining("rename");
  }

  @Test
  void theFileBesideThePictureComesBeforeMetadata() throws IOException {
    picture("a.png", 1);
    picture("sub/b.png", 2);
    Files.writeString(folder.resolve("a.txt"), "from the side");
    Files.writeString(folder.resolve("metadata.jsonl"), """
        {"file_name": "a.png", "text": "from the list"}
        {"file_name": "sub/b.png", "text": "listed above"}
        {"file_name": "gone.png", "text": "nothing"}
        """);
    Files.writeString(folder.resolve("lonely.txt"), "no picture");
    PictureDataset dataset = PictureDataset.scan(DatasetOptions.of(folder));
    assertThat(dataset.pictures()).extracting(p -> p.caption().orElseThrow())
        .containsExactly("from the side", "listed above");
    assertThat(dataset.captionsWithoutPicture()).hasSize(2)
        .anyMatch(name -> name.equals("lonely.txt")).anyMatch(name -> name.contains("gone.png"));
  }

  @Test
  void aCaptionInAWrongEncodingStopsTheScan() throws IOException {
    picture("a.png", 1);
    Files.write(folder.resolve("a.txt"), new byte[] {'x', (byte) 0xff});
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PictureDataset.scan(DatasetOptions.of(folder)))
        .withMessageContaining("a.txt").withMessageContaining("position 1");
  }

  @Test
  void theReportCountsEverything() throws IOException {
    picture("5_ink/a.png", 1);
    Files.writeString(folder.resolve("5_ink/a.txt"), "a very long caption <lora:ink:1>");
    picture("b.png", 2);
    Files.writeString(folder.resolve("b.txt"), "");
    Files.copy(folder.resolve("b.png"), folder.resolve("copy.png"));
    PicturePng.write(folder.resolve("wide.png"), Picture.filled(400, 200, 0x334455), Map.of());
    Files.write(folder.resolve("broken.jpg"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 1, 2});
    DatasetReport report = report(DatasetOptions.of(folder));
    assertThat(report.buckets()).containsExactly(
        Map.entry(new Bucket(128, 128), new DatasetReport.BucketCount(3, 7)),
        Map.entry(new Bucket(192, 64), new DatasetReport.BucketCount(1, 1)));
    assertThat(report.showings()).isEqualTo(8);
    assertThat(report.missingCaptions()).containsExactly("copy.png", "wide.png");
    assertThat(report.emptyCaptions()).containsExactly("b.png");
    assertThat(report.duplicates()).containsExactly(List.of("b.png", "copy.png"));
    assertThat(report.upscaled()).containsExactly("5_ink/a.png", "b.png", "copy.png");
    assertThat(report.meanCroppedShare()).isCloseTo(1 / 3.0 / 4, within(1e-9));
    String text = String.join("\n", report.render());
    assertThat(text).contains("4 readable, 8 showings", "192 x 64: 1 picture(s)", "Repeated 5 times: 1",
        "2 found, 2 missing: copy.png, wide.png", "Empty captions: b.png",
        "Captions with tags that call adapters (such as <lora:name:1>), which are learnt as words: 5_ink/a.png",
        "most from wide.png (33.3 %)", "Enlarged", "Same picture more than once: b.png, copy.png",
        "Unreadable: " + folder.resolve("broken.jpg")).doesNotContain("cut off");
  }

  @Test
  void whatMustNotBeMissingStopsTheRun() throws IOException {
    assertThatExceptionOfType(UserException.class).isThrownBy(
        () -> report(DatasetOptions.of(folder)).check(true, true)).withMessageContaining("no pictures");
    picture("a.png", 1);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> report(DatasetOptions.of(folder)).check(false, false))
        .withMessageContaining("1 picture(s) have no caption: a.png").withMessageContaining("a.txt");
    report(DatasetOptions.of(folder)).check(true, false);
    Files.write(folder.resolve("b.webp"), new byte[0]);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> report(DatasetOptions.of(folder)).check(true, false))
        .withMessageContaining("b.webp").withMessageContaining("an empty file");
    report(DatasetOptions.of(folder)).check(true, true);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> PictureDataset.scan(DatasetOptions.of(folder.resolve("none"))))
        .withMessageContaining("no such folder");
  }

  @Test
  void aFolderWhoseNameCouldBeTheCaptionIsNamed() throws IOException {
    Files.createDirectory(folder.resolve("10_red_boat"));
    picture("10_red_boat/a.png", 1);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> report(DatasetOptions.of(folder)).check(false, false))
        .withMessageContaining("«folder captions»").withMessageContaining("'red boat'");
    Files.move(folder.resolve("10_red_boat"), folder.resolve("10_"));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> report(DatasetOptions.of(folder)).check(false, false))
        .withMessageNotContaining("«folder captions»");
  }

  @Test
  void aFormatThatCannotBeReadIsNamedAndNotPassedOver() throws IOException {
    Files.write(folder.resolve("phone.heic"), "\0\0\0\u0018ftypheic".getBytes(
        StandardCharsets.ISO_8859_1));
    Files.writeString(folder.resolve("notes.md"), "no picture");
    assertThat(PictureDataset.scan(DatasetOptions.of(folder)).unreadable()).singleElement()
        .satisfies(u -> assertThat(u.reason()).contains("phone.heic", "HEIC"));
  }

  @Test
  void regularisationPicturesAreFlaggedAndNeverHeldBack() throws IOException {
    for (int i = 0; i < 10; i++) {
      picture("train/" + i + ".png", i);
      picture("class/" + i + ".png", 100 + i);
    }
    DatasetOptions options = DatasetOptions.of(folder.resolve("train"))
        .withRegularisation(folder.resolve("class"));
    PictureDataset dataset = PictureDataset.scan(options);
    assertThat(dataset.pictures()).hasSize(20);
    assertThat(dataset.pictures().subList(10, 20)).allMatch(DatasetPicture::regularisation);
    ValidationSplit split = ValidationSplit.of(dataset.pictures(), 0.3);
    assertThat(split.validation()).hasSize(3).noneMatch(DatasetPicture::regularisation);
    assertThat(split.training()).hasSize(17).doesNotContainAnyElementsOf(split.validation());
  }

  @Test
  void theSplitFollowsContentAndNotNames() throws IOException {
    for (int i = 0; i < 8; i++) {
      picture(i + ".png", i);
      Files.copy(folder.resolve(i + ".png"), folder.resolve("copy" + i + ".png"));
    }
    List<DatasetPicture> pictures = PictureDataset.scan(DatasetOptions.of(folder)).pictures();
    ValidationSplit split = ValidationSplit.of(pictures, 0.25);
    assertThat(split.validation()).hasSize(4).extracting(DatasetPicture::contentHash)
        .doesNotContainAnyElementsOf(split.training().stream().map(DatasetPicture::contentHash).toList());
    List<DatasetPicture> reversed = new ArrayList<>(pictures);
    Collections.reverse(reversed);
    assertThat(ValidationSplit.of(reversed, 0.25).validation())
        .containsExactlyInAnyOrderElementsOf(split.validation());
    assertThat(ValidationSplit.of(pictures, 0).validation()).isEmpty();
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> ValidationSplit.of(pictures, 1));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> ValidationSplit.of(pictures.subList(0, 1), 0.1));
  }

  @Test
  void aPictureChangedSinceTheScanIsNotPairedWithItsOldCaption() throws IOException {
    picture("a.png", 1);
    PictureDataset dataset = PictureDataset.scan(DatasetOptions.of(folder));
    DatasetPicture picture = dataset.pictures().get(0);
    Placement placement = PLAN.place(picture.size(), CropPosition.CENTRE);
    assertThat(dataset.load(picture, placement).width()).isEqualTo(128);
    picture("a.png", 2);
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> dataset.load(picture, placement))
        .withMessageContaining("a.png").withMessageContaining("has changed");
  }

  @Test
  void picturesKnownToDecodeAreNotDecodedAgain() throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file("plain.bmp"));
    Files.write(folder.resolve("cut.bmp"), Arrays.copyOf(whole, whole.length / 2));
    assertThat(PictureDataset.scan(DatasetOptions.of(folder)).unreadable()).hasSize(1);
    assertThat(PictureDataset.scan(DatasetOptions.of(folder), hash -> true).unreadable()).isEmpty();
  }

  private static DatasetReport report(DatasetOptions options) {
    return DatasetReport.of(PictureDataset.scan(options), p -> PLAN.place(p.size(), CropPosition.CENTRE));
  }

  private void picture(String name, int shade) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 4, shade * 1000);
    ImageIO.write(image, "png", file.toFile());
  }
}
