package dev.kasane.diffusion.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kasane.core.UserException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReaderTest {
  private final PictureReader reader = new PictureReader();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {
    "lossless.webp", "alpha.webp", "grey.png", "grey-alpha.png", "palette.png", "palette-transparent.png",
    "bit.png", "colour-key.png", "grey.tiff", "cmyk.tiff", "alpha.tiff", "plain.ppm", "grey.pgm", "alpha.tga",
    "first.gif", "plain.bmp", "flat.psd", "rgb16.png", "rgba16.png", "grey16.png", "grey16.tiff",
    "rgb16.tiff", "turned.png", "turned.webp", "turned.tiff"})
  void losslessFormatsDecodeToPillowsPixels(String name) throws IOException {
    Picture expected = Goldens.decodedByPillow(name);
    assertThat(reader.read(Goldens.file(name))).isEqualTo(expected);
  }

  /** libjpeg's two descendants may round an inverse transform differently. */
  @ParameterizedTest
  @ValueSource(strings = {"cmyk.jpg", "progressive.jpg", "subsampled.jpg", "grey.jpg"})
  void jpegDecodesToPillowsPixelsWithinTwoLevels(String name) throws IOException {
    Picture expected = Goldens.decodedByPillow(name);
    Picture read = reader.read(Goldens.file(name));
    assertThat(read.width()).isEqualTo(expected.width());
    assertThat(Goldens.largestDifference(read, expected)).isLessThanOrEqualTo(2);
  }

  /**
   * TwelveMonkeys repeats each chroma sample for 2 x 2 pixels where libwebp interpolates, both of which the
   * format allows: brightness agrees closely, the colour of single pixels on average.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sky-30.webp", "photograph-alpha.webp", "photograph-50-0.webp",
    "photograph-50-4.webp", "photograph-50-6.webp", "photograph-30-0.webp", "photograph-30-4.webp",
    "photograph-30-6.webp", "photograph-75-0.webp", "photograph-75-4.webp", "photograph-75-6.webp",
    "photograph-95-0.webp", "photograph-95-4.webp", "photograph-95-6.webp"})
  void lossyWebpDecodesToPillowsPixelsWithinTwoLevelsOnAverage(String name) throws IOException {
    Picture expected = Goldens.decodedByPillow(name);
    Picture read = reader.read(Goldens.file(name));
    assertThat(Goldens.meanDifference(read, expected)).isLessThan(2);
    double brightness = 0;
    for (int i = 0; i < read.rgb().length; i += 3) {
      brightness += Math.abs(brightness(read, i) - brightness(expected, i));
    }
    assertThat(brightness / (read.width() * read.height())).isLessThan(1);
  }

  private static double brightness(Picture picture, int at) {
    return 0.299 * (picture.rgb()[at] & 0xff) + 0.587 * (picture.rgb()[at + 1] & 0xff)
        + 0.114 * (picture.rgb()[at + 2] & 0xff);
  }

  @ParameterizedTest
  @ValueSource(strings = {"photograph-50-0.jpg", "photograph-50-1.jpg", "photograph-50-2.jpg", "photograph-30-0.jpg",
    "photograph-30-1.jpg", "photograph-30-2.jpg", "photograph-75-0.jpg", "photograph-75-1.jpg", "photograph-75-2.jpg",
    "photograph-95-0.jpg", "photograph-95-1.jpg", "photograph-95-2.jpg"})
  void photographsAsJpegDecodeToPillowsPixels(String name) throws IOException {
    Picture expected = Goldens.decodedByPillow(name);
    Picture read = reader.read(Goldens.file(name));
    assertThat(Goldens.meanDifference(read, expected)).isLessThan(0.5);
    assertThat(Goldens.largestDifference(read, expected)).isLessThanOrEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyExifOrientationComesOutUpright(int orientation) throws IOException {
    String name = "turned" + orientation + ".jpg";
    Picture expected = Goldens.decodedByPillow(name);
    Picture read = reader.read(Goldens.file(name));
    assertThat(Goldens.largestDifference(read, expected)).isLessThanOrEqualTo(2);
    assertThat(reader.size(Goldens.file(name)))
        .isEqualTo(new PictureSize(read.width(), read.height()))
        .isEqualTo(new PictureSize(expected.width(), expected.height()));
  }

  /** Both sides use Little CMS; the golden differs from the raw samples by far more than the tolerance. */
  @ParameterizedTest
  @ValueSource(strings = {"wide.png", "wide.jpg", "wide.webp", "wide.tiff"})
  void embeddedProfilesAreConvertedToSrgb(String name) throws IOException {
    Picture expected = Goldens.decodedByPillow(name);
    assertThat(Goldens.largestDifference(reader.read(Goldens.file(name)), expected)).isLessThanOrEqualTo(2);
    Picture unconverted = Goldens.decodedByPillow("lossless.webp");
    assertThat(Goldens.largestDifference(unconverted, expected)).isGreaterThan(20);
  }

  /** The samples are those of the scene that the other files hold without a profile. */
  @ParameterizedTest
  @CsvSource({"wide.png, 0", "wide.jpg, 12", "wide.webp, 0", "wide.tiff, 0"})
  void aDamagedProfileIsLeftOutAndThePictureKept(String name, int tolerance) throws IOException {
    Picture scene = Goldens.decodedByPillow("lossless.webp");
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    int profile = name.endsWith("png") ? find(whole, "iCCP") + 12 : find(whole, "acsp") - 36;
    for (int[] damage : new int[][] {{0, 4}, {36, 40}, {0, 60}}) {
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, profile + damage[0], profile + damage[1], (byte) 0xee);
      Path file = Files.write(folder.resolve(name), damaged);
      assertThat(Goldens.largestDifference(reader.read(file), scene)).as("%s from %d", name, damage[0])
          .isLessThanOrEqualTo(tolerance);
      assertThat(reader.size(file)).isEqualTo(new PictureSize(24, 16));
    }
  }

  /** Damaged blocks, each as the bytes of a segment (JPEG) or chunk (PNG) and in which file it is put first. */
  private static Stream<Arguments> damagedMetadata() {
    String xmp = "http://ns.adobe.com/xap/1.0/\0";
    String iptc = "Photoshop 3.0\0" + "8BIM\4\4\0\0";
    return Stream.of(
        Arguments.of("subsampled.jpg", segment(0xe1, xmp + "<x:xmpmeta <<< no XML")),
        Arguments.of("subsampled.jpg", segment(0xe1, xmp + "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///x\">]><a>&b;</a>")),
        Arguments.of("subsampled.jpg", segment(0xed, iptc + "\u00ff\u00ff\u00ff\u00ffjunk")),
        Arguments.of("subsampled.jpg", segment(0xed, iptc + "\0\0\0\u0020\34\2\u0078\u00ff\u00ff")),
        Arguments.of("subsampled.jpg", segment(0xe1, "Exif\0\0XX*\0junk")),
        Arguments.of("subsampled.jpg", segment(0xe1, "Exif\0\0II*\0\b\0\0\0\u00ff\u00ff\22\1")),
        Arguments.of("palette.png", chunk("eXIf", "II*\0\b\0\0\0", 1)),
        Arguments.of("palette.png", chunk("eXIf", "zz", 0)),
        Arguments.of("palette.png", chunk("iTXt", "XML:com.adobe.xmp\0\1\0\0\0no deflate", 0)),
        Arguments.of("palette.png", chunk("zTXt", "Raw profile type iptc\0\0junk", 0)),
        Arguments.of("palette.png", chunk("pHYs", "a", 0)));
  }

  @ParameterizedTest
  @MethodSource("damagedMetadata")
  void damagedMetadataIsLeftOutAndThePictureKept(String name, byte[] block) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    int begin = name.endsWith("png") ? 33 : 2;
    ByteArrayOutputStream damaged = new ByteArrayOutputStream();
    damaged.write(whole, 0, begin);
    damaged.write(block);
    damaged.write(whole, begin, whole.length - begin);
    Path file = Files.write(folder.resolve(name), damaged.toByteArray());
    assertThat(reader.read(file)).isEqualTo(reader.read(Goldens.file(name)));
  }

  /** With what stands after a PNG, or with its end missing, no chunk comes back that the decoder would inflate. */
  @ParameterizedTest
  @ValueSource(ints = {-40, 0, 5, 64})
  void ofAPngOnlyItsPixelsReachTheDecoderWhateverItsEnd(int more) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file("palette.png"));
    byte[] text = chunk("zTXt", "Comment\0\0bomb", 0);
    byte[] file = ByteBuffer.allocate(whole.length + text.length).put(whole, 0, 33).put(text)
        .put(whole, 33, whole.length - 33).array();
    byte[] changed = Arrays.copyOf(file, file.length + more);
    Arrays.fill(changed, Math.min(file.length, changed.length), changed.length, (byte) 'x');
    byte[] pixels = PngChunks.pixelsOf(changed);
    assertThat(find(pixels, "zTXt")).isEqualTo(-1);
    assertThat(pixels).isEqualTo(more >= 0 ? PngChunks.pixelsOf(whole)
        : PngChunks.pixelsOf(Arrays.copyOf(whole, whole.length + more)));
  }

  private static byte[] segment(int marker, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(4 + bytes.length).putShort((short) (0xff00 | marker))
        .putShort((short) (2 + bytes.length)).put(bytes).array();
  }

  private static byte[] chunk(String type, String content, int wrong) {
    byte[] bytes = (type + content).getBytes(StandardCharsets.ISO_8859_1);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    return ByteBuffer.allocate(8 + bytes.length).putInt(bytes.length - 4).put(bytes)
        .putInt((int) checksum.getValue() + wrong).array();
  }

  private static int find(byte[] bytes, String wanted) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(wanted);
  }

  @Test
  void alphaLiesOverTheChosenColour() {
    Picture onWhite = reader.read(Goldens.file("alpha.tiff"));
    Picture onBlack = new PictureReader(10, 0x000000).read(Goldens.file("alpha.tiff"));
    assertThat(onWhite.pixel(0, 0)).isEqualTo(0xffffff);
    assertThat(onBlack.pixel(0, 0)).isZero();
    assertThat(onBlack.pixel(23, 15)).isEqualTo(onWhite.pixel(23, 15));
  }

  @Test
  void contentDecidesAndNotTheName() throws IOException {
    Path misnamed = Files.copy(Goldens.file("grey.jpg"), folder.resolve("grey.png"));
    assertThat(reader.read(misnamed)).isEqualTo(reader.read(Goldens.file("grey.jpg")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha.tga", "alpha.tiff", "lossless.webp", "lossy.webp", "bit.png", "cmyk.jpg",
    "flat.psd", "first.gif", "progressive.jpg", "turned1.jpg", "plain.bmp", "plain.ppm", "rgb16.png",
    "rgb16.tiff"})
  void aTruncatedFileIsRefusedByName(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    Path cut = Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length * 6 / 10));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.read(cut))
        .withMessageContaining(cut.toString()).withMessageContaining("remove it");
  }

  @Test
  void whatIsNoPictureIsDescribed() throws IOException {
    assertRefused("empty.png", new byte[0], "an empty file");
    assertRefused("zeros.png", new byte[500], "zero bytes only");
    assertRefused("page.jpg", "<!DOCTYPE html><p>404".getBytes(StandardCharsets.US_ASCII), "a web page");
    assertRefused("pointer.png", "version https://git-lfs.github.com/spec/v1\n"
        .getBytes(StandardCharsets.US_ASCII), "git lfs pull");
    assertRefused("phone.jpg", "\0\0\0\u0018ftypheic\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1), "heic");
    assertRefused("odd.png", new byte[] {1, 2, (byte) 0xfe, 4, 5}, "01 02 fe 04 05");
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.read(folder.resolve("none.png")))
        .withMessageContaining("none.png").withMessageContaining("no such file");
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.read(folder))
        .withMessageContaining("no regular file");
  }

  private void assertRefused(String name, byte[] bytes, String found) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.read(file))
        .withMessageContaining(file.toString()).withMessageContaining(found);
  }

  @Test
  void aBombIsRefusedFromItsHeader() throws IOException {
    Path bomb = Files.write(folder.resolve("bomb.png"), pngHeader(60_000, 60_000));
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.read(bomb))
        .withMessageContaining("60000 x 60000").withMessageContaining("limit of 178").withNoCause();
    assertThatExceptionOfType(UserException.class).isThrownBy(() -> reader.size(bomb))
        .withMessageContaining("decompression bomb");
  }

  @Test
  void theLimitIsAnOption() throws IOException {
    Path large = folder.resolve("large.png");
    PicturePng.write(large, Picture.filled(1100, 1000, 0x808080), Map.of());
    assertThat(reader.read(large).width()).isEqualTo(1100);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new PictureReader(1, PictureReader.WHITE).read(large))
        .withMessageContaining("1.1 megapixels");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> new PictureReader(0, PictureReader.WHITE)).withMessageContaining("1 to 700");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alpha.tga", "alpha.tiff", "rgb16.tiff", "lossless.webp", "lossy-alpha.webp",
    "turned.png", "wide.png", "cmyk.jpg", "turned6.jpg", "wide.jpg", "flat.psd", "first.gif", "plain.bmp",
    "plain.ppm"})
  void aDamagedFileGivesAPictureOrAUserException(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    Random random = new Random(7);
    // A damaged header may ask for a huge picture, which is honest work for the decoder and slow.
    PictureReader small = new PictureReader(1, PictureReader.WHITE);
    Path file = folder.resolve(name);
    int refused = 0;
    for (int round = 0; round < 60; round++) {
      byte[] damaged = whole.clone();
      // Headers are where the lengths are: most damage goes there.
      for (int i = 0; i < 1 + round % 4; i++) {
        int range = round % 3 == 0 ? damaged.length : Math.min(damaged.length, 80);
        damaged[random.nextInt(range)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      try {
        assertThat(small.read(file)).isNotNull();
      } catch (UserException e) {
        refused++;
        assertThat(e).hasMessageContaining(name);
      }
    }
    assertThat(refused).isPositive();
  }

  private static byte[] pngHeader(int width, int height) throws IOException {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(chunk);
    out.writeBytes("IHDR");
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, 2, 0, 0, 0});
    CRC32 checksum = new CRC32();
    checksum.update(chunk.toByteArray());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream png = new DataOutputStream(file);
    png.writeLong(0x89504e470d0a1a0aL);
    png.writeInt(13);
    png.write(chunk.toByteArray());
    png.writeInt((int) checksum.getValue());
    png.writeInt(0);
    png.writeBytes("IDAT");
    png.writeInt(0x35af061e);
    return file.toByteArray();
  }
}
