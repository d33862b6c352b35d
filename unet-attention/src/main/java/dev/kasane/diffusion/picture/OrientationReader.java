package dev.kasane.diffusion.picture;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.tiff.TiffMetadataReader;
import com.drew.imaging.webp.WebpMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.ErrorDirectory;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import dev.kasane.core.files.InputFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Reads the EXIF orientation of the formats whose cameras and tools write one: JPEG, PNG, TIFF, WebP. */
final class OrientationReader {
  private OrientationReader() {}

  /**
   * The orientation that the file asks for.
   *
   * <p>A picture whose metadata is broken is still a picture, and viewers show it as stored: so does this.
   *
   * @param format ImageIO's name of the format
   * @param damage takes a line about metadata that cannot be read
   */
  static Orientation read(Path file, String format, Consumer<String> damage) {
    Metadata metadata;
    try {
      metadata = metadata(file, format.toLowerCase(Locale.ROOT));
    } catch (ImageProcessingException | IOException | RuntimeException e) {
      damage.accept(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      return Orientation.UPRIGHT;
    }
    for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
      Integer orientation = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
      if (orientation != null) {
        return Orientation.of(orientation);
      }
    }
    faults(metadata).findFirst().ifPresent(damage);
    return Orientation.UPRIGHT;
  }

  /** Makers write much that cannot be read; of interest is only what could have held the orientation. */
  private static Stream<String> faults(Metadata metadata) {
    return StreamSupport.stream(metadata.getDirectories().spliterator(), false)
        .filter(directory -> directory instanceof ExifIFD0Directory || directory instanceof ErrorDirectory)
        .flatMap(directory -> StreamSupport.stream(directory.getErrors().spliterator(), false));
  }

  private static Metadata metadata(Path file, String format) throws IOException, ImageProcessingException {
    if (format.equals("png")) {
      return pngMetadata(file);
    }
    if (format.startsWith("tif")) {
      return TiffMetadataReader.readMetadata(file.toFile());
    }
    if (!format.startsWith("jp") && !format.equals("webp")) {
      return new Metadata();
    }
    try (InputStream in = new BufferedInputStream(InputFile.stream(file))) {
      return format.equals("webp")
          ? WebpMetadataReader.readMetadata(in)
          : JpegMetadataReader.readMetadata(in, List.of(new ExifReader()));
    }
  }

  private static Metadata pngMetadata(Path file) throws IOException {
    Metadata metadata = new Metadata();
    for (PngChunks.Chunk chunk : PngChunks.read(file, Set.of("eXIf"))) {
      new ExifReader().extract(new ByteArrayReader(chunk.data()), metadata);
    }
    return metadata;
  }
}
