package dev.kasane.diffusion.picture;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import java.awt.color.CMMException;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a picture file to upright, opaque sRGB.
 *
 * <p>Reads what ImageIO and TwelveMonkeys read, by content and not by name: JPEG (also CMYK and YCCK), PNG,
 * WebP, TIFF, BMP, PSD, GIF (first frame), PNM, TGA. The format's header is read first, and a picture beyond
 * the limit is refused before any memory is taken for its pixels. Instances are immutable and may be shared
 * between threads. A colour profile or a block of metadata that is damaged does not damage the picture: it is left out,
 * with a warning.
 *
 * @param limitMegapixels the largest picture that is decoded, in millions of pixels, 1 to 700
 * @param background the colour under transparent pixels, as {@code 0xRRGGBB}
 */
public record PictureReader(int limitMegapixels, int background) {
  /** Where Pillow, too, takes a picture for a decompression bomb. */
  public static final int DEFAULT_LIMIT_MEGAPIXELS = 178;

  /** Opaque white. */
  public static final int WHITE = 0xffffff;

  private static final Logger LOG = LoggerFactory.getLogger(PictureReader.class);
  private static final int LARGEST_LIMIT = 700;
  private static final int READ_AT_ONCE = 64 << 20;

  /**
   * @throws UserException if the limit is out of range
   */
  public PictureReader {
    if (limitMegapixels < 1 || limitMegapixels > LARGEST_LIMIT) {
      throw new UserException("picture limit " + limitMegapixels + " megapixels: give a whole number from 1"
          + " to " + LARGEST_LIMIT);
    }
  }

  /** A reader with the default limit and a white background. */
  public PictureReader() {
    this(DEFAULT_LIMIT_MEGAPIXELS, WHITE);
  }

  /**
   * Decodes the whole picture.
   *
   * @throws UserException if the file is missing, empty, truncated, too large or in no format that is known;
   *     the message names the file, what it looks like and what to do
   */
  public Picture read(Path file) {
    return open(file, (reader, format) -> {
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      Orientation orientation = OrientationReader.read(file, format, fault -> LOG.warn("{}: its metadata cannot be read and"
          + " is left out, the picture is taken as upright: {}", file, fault));
      DecoderWarnings warnings = new DecoderWarnings();
      reader.addIIOReadWarningListener(warnings);
      BufferedImage image = reader.read(0);
      warnings.requireWhole();
      warnings.profile().ifPresent(warning -> warnOfProfile(file, warning));
      if (image.getWidth() != width || image.getHeight() != height) {
        throw new IOException("its header says " + width + " x " + height + ", its pixels are "
            + image.getWidth() + " x " + image.getHeight());
      }
      return orientation.apply(convert(file, image, leftOverProfile(file, format)));
    });
  }

  private Picture convert(Path file, BufferedImage image, ICC_Profile profile) {
    RgbConversion conversion = new RgbConversion(background);
    try {
      return conversion.convert(image, profile);
    } catch (CMMException | IllegalArgumentException e) {
      if (profile == null) {
        throw e;
      }
      warnOfProfile(file, reason(e));
      return conversion.convert(image, null);
    }
  }

  /**
   * Reads the size of the upright picture from its header alone.
   *
   * @throws UserException as {@link #read(Path)} does, except for damage after the header
   */
  public PictureSize size(Path file) {
    return open(file, (reader, format) -> {
      PictureSize stored = new PictureSize(reader.getWidth(0), reader.getHeight(0));
      // Damage is told of when the pixels are read.
      return OrientationReader.read(file, format, fault -> { }).swapsSides() ? stored.turned() : stored;
    });
  }

  private interface Use<T> {
    T with(ImageReader reader, String format) throws IOException;
  }

  private <T> T open(Path file, Use<T> use) {
    checkFile(file);
    try {
      return decode(file, use);
    } catch (IOException | RuntimeException e) {
      if (e instanceof UserException user) {
        throw user;
      }
      throw unreadable(file, "decoding it failed: " + reason(e), e);
    } catch (OutOfMemoryError e) {
      // Taken while decoding this one file and free again by now: the report may go on with the others.
      throw new FileFault(file, "decoding it needs more memory than the program has; make the picture "
          + "smaller or give Java more memory (-Xmx)", e);
    }
  }

  private <T> T decode(Path file, Use<T> use) throws IOException {
    if (Files.size(file) > READ_AT_ONCE) {
      return decode(file, ImageIO.createImageInputStream(file.toFile()), use);
    }
    // From memory, since some decoders move about in a file byte by byte.
    byte[] bytes = PngChunks.pixelsOf(InputFile.allBytes(file));
    try {
      return decode(file, new ExhaustibleStream(bytes), use);
    } catch (IOException | RuntimeException e) {
      Optional<T> decoded = e instanceof UserException ? Optional.empty() : withoutProfile(file, bytes, use);
      if (decoded.isEmpty()) {
        throw e;
      }
      warnOfProfile(file, reason(e));
      return decoded.get();
    }
  }

  /** Decodes once more without the colour profile; nothing where it has none, or that is not what is damaged. */
  private <T> Optional<T> withoutProfile(Path file, byte[] bytes, Use<T> use) {
    Optional<byte[]> plain = EmbeddedProfile.hiddenIn(bytes);
    try {
      return plain.isPresent() ? Optional.of(decode(file, new ExhaustibleStream(plain.get()), use)) : Optional.empty();
    } catch (IOException | RuntimeException otherDamage) {
      return Optional.empty();
    }
  }

  private <T> T decode(Path file, ImageInputStream stream, Use<T> use) throws IOException {
    try (ImageInputStream in = stream) {
      if (in == null) {
        throw new IOException("the file cannot be opened");
      }
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw unreadable(file, "no picture format that is known begins like this", null);
      }
      return use(file, in, readers.next(), use);
    }
  }

  private <T> T use(Path file, ImageInputStream in, ImageReader reader, Use<T> use) throws IOException {
    try {
      String format = reader.getFormatName().toLowerCase(Locale.ROOT);
      checkContainer(file, format);
      // PNG metadata is left out because ImageIO inflates it without a limit.
      reader.setInput(in, true, format.equals("png"));
      checkSize(file, reader.getWidth(0), reader.getHeight(0));
      return use.with(reader, format);
    } finally {
      reader.dispose();
    }
  }

  private static void checkFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new FileFault(file, (Files.exists(file) ? "is no regular file" : "there is no such file")
          + "; give the path of a picture");
    }
    if (!Files.isReadable(file)) {
      throw new FileFault(file, "no permission to read it; change its permissions (chmod u+r)");
    }
  }

  /** WebP says its length up front; a file shorter than that would only fail deep inside the decoder. */
  private static void checkContainer(Path file, String format) throws IOException {
    if (!format.equals("webp")) {
      return;
    }
    try (InputStream in = InputFile.stream(file)) {
      ByteBuffer head = ByteBuffer.wrap(in.readNBytes(8)).order(ByteOrder.LITTLE_ENDIAN);
      long claimed = 8 + Integer.toUnsignedLong(head.getInt(4));
      if (claimed > Files.size(file)) {
        throw new IOException("it should have " + claimed + " bytes and has only " + Files.size(file));
      }
    }
  }

  private void checkSize(Path file, int width, int height) throws IOException {
    if (width < 1 || height < 1) {
      throw new IOException("its header gives a size of " + width + " x " + height);
    }
    if ((long) width * height > limitMegapixels * 1_000_000L) {
      throw new UserException(String.format(Locale.ROOT,
          "%s: %d x %d pixels are %.1f megapixels, more than the limit of %d; a small file that claims this "
              + "is likely a decompression bomb. Make the picture smaller or raise the limit.",
          file, width, height, (double) width * height / 1e6, limitMegapixels));
    }
  }

  private static ICC_Profile leftOverProfile(Path file, String format) {
    if (!format.equals("png")) {
      return null;
    }
    try {
      for (PngChunks.Chunk chunk : PngChunks.read(file, Set.of("iCCP"))) {
        int name = 0;
        while (name < chunk.data().length && chunk.data()[name] != 0) {
          name++;
        }
        int start = Math.min(name + 2, chunk.data().length);
        return ICC_Profile.getInstance(PngChunks.inflate(chunk.data(), start));
      }
    } catch (IOException | IllegalArgumentException e) {
      warnOfProfile(file, reason(e));
    }
    return null;
  }

  private static void warnOfProfile(Path file, String reason) {
    LOG.warn("{}: its colour profile cannot be used and is left out, its colours are taken as sRGB: {}", file, reason);
  }

  private static UserException unreadable(Path file, String reason, Throwable cause) {
    String found;
    try {
      found = FileSignature.describe(file);
    } catch (IOException e) {
      found = "a file that cannot be read";
    }
    return new FileFault(file, "not a readable picture. Found " + found + "; " + reason
        + ". Save it again as PNG or JPEG, or remove it.", cause);
  }

  private static String reason(Throwable e) {
    if (e instanceof EOFException && e.getMessage() == null) {
      return "the file ends too early";
    }
    // A cast that fails inside a decoder says nothing to a user but that something has not the form it should have.
    return e instanceof ClassCastException ? "a part of it has not the form that its format asks for"
        : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
