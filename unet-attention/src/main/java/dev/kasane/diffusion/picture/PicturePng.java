package dev.kasane.diffusion.picture;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pictures as PNG files with text beside the pixels, such as the settings they were drawn with under the
 * keyword {@code parameters}, where the community's tools look for them.
 */
public final class PicturePng {
  private static final String NATIVE = "javax_imageio_png_1.0";
  private static final int LONGEST_KEYWORD = 79;

  private PicturePng() {}

  /**
   * Writes a picture. The file appears whole or not at all.
   *
   * @param file where to; replaced if it exists
   * @param text texts by keyword; Latin-1 goes into {@code tEXt} chunks, anything else as UTF-8 into
   *     {@code iTXt}
   * @throws UserException if the file cannot be written
   * @throws IllegalArgumentException if a keyword is not 1 to 79 printable ASCII characters
   */
  public static void write(Path file, Picture picture, Map<String, String> text) {
    text.keySet().forEach(PicturePng::checkKeyword);
    try (PendingFile pending = PendingFile.beside(file)) {
      encode(pending.stream(), picture.toImage(), text);
      pending.replaceTarget();
    } catch (IOException e) {
      throw new FileFault(file, "the picture cannot be written (" + reason(e)
          + "); check that the folder exists, may be written to and has space left", e);
    }
  }

  /**
   * The texts of a PNG file by keyword, whichever kind of chunk they are in.
   *
   * @throws UserException if the file is no PNG or is damaged
   */
  public static Map<String, String> readText(Path file) {
    try {
      Map<String, String> text = new LinkedHashMap<>();
      for (PngChunks.Chunk chunk : PngChunks.read(file, Set.of("tEXt", "zTXt", "iTXt"))) {
        PngText.read(chunk, text);
      }
      return text;
    } catch (IOException e) {
      throw new FileFault(file, "its texts cannot be read (" + e
          + "); it must be a whole PNG file", e);
    }
  }

  /** ImageIO has words of its own, and the failure inside. */
  private static String reason(IOException failure) {
    return FileFaults.reason(failure instanceof IIOException && failure.getCause() instanceof IOException inside
        ? inside : failure);
  }

  private static void checkKeyword(String keyword) {
    boolean printable = keyword.chars().allMatch(c -> c >= 32 && c < 127);
    if (keyword.isBlank() || keyword.length() > LONGEST_KEYWORD || !printable
        || !keyword.equals(keyword.strip())) {
      throw new IllegalArgumentException("PNG keyword '" + keyword + "' is not 1 to 79 printable characters");
    }
  }

  private static void encode(OutputStream out, BufferedImage image, Map<String, String> text) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
      metadata.mergeTree(NATIVE, textTree(text));
      writer.setOutput(stream);
      writer.write(new IIOImage(image, null, metadata));
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadataNode textTree(Map<String, String> text) {
    IIOMetadataNode latin = new IIOMetadataNode("tEXt");
    IIOMetadataNode international = new IIOMetadataNode("iTXt");
    text.forEach((keyword, value) -> {
      if (StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
        latin.appendChild(latinEntry(keyword, value));
      } else {
        international.appendChild(internationalEntry(keyword, value));
      }
    });
    IIOMetadataNode root = new IIOMetadataNode(NATIVE);
    for (IIOMetadataNode kind : new IIOMetadataNode[] {latin, international}) {
      if (kind.hasChildNodes()) {
        root.appendChild(kind);
      }
    }
    return root;
  }

  private static IIOMetadataNode latinEntry(String keyword, String value) {
    IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("value", value);
    return entry;
  }

  private static IIOMetadataNode internationalEntry(String keyword, String value) {
    IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("compressionFlag", "FALSE");
    entry.setAttribute("compressionMethod", "0");
    entry.setAttribute("languageTag", "");
    entry.setAttribute("translatedKeyword", "");
    entry.setAttribute("text", value);
    return entry;
  }
}
