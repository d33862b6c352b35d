package dev.kasane.app.image;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names for the pictures of one run.
 *
 * <p>One picture takes the name itself, several take {@code name-1.png}, {@code name-2.png} and so on. A name
 * that is taken is left alone: the numbers go on after the highest that is there, unless overwriting was
 * asked for.
 */
public final class PictureFiles {
  private static final String ENDING = ".png";
  private static final String DEFAULT_NAME = "kasane";

  private final Path folder;
  private final String name;
  private final boolean several;
  private final boolean overwrite;
  private long last;

  private PictureFiles(Path folder, String name, boolean several, boolean overwrite) {
    this.folder = folder;
    this.name = name;
    this.several = several;
    this.overwrite = overwrite;
  }

  /**
   * Checks how a place is written.
   *
   * @param out a PNG file, or a folder: one that exists, or a name that ends in a slash or has no ending
   * @return the same
   * @throws UserException when it is neither
   */
  public static String requirePlace(String out) {
    try {
      Path path = Path.of(out);
      if (!out.isEmpty() && (isFolder(out, path) || isPng(path.getFileName().toString()))) {
        return out;
      }
    } catch (InvalidPathException e) {
      throw new UserException("'" + out + "' cannot be a file's name: " + e.getReason() + ".", e);
    }
    throw new UserException("'" + out + "' is no place for pictures, which are PNG files. Name a file that"
        + " ends in " + ENDING + ", or a folder with a slash at its end.");
  }

  /**
   * Takes the place that a user named, and makes its folder.
   *
   * @param out as {@link #requirePlace} accepts it
   * @param several whether more than one picture will come
   * @param overwrite whether files that exist may be replaced
   * @throws UserException when the folder cannot be made or written to
   */
  public static PictureFiles at(String out, boolean several, boolean overwrite) {
    Path path = Path.of(requirePlace(out));
    if (isFolder(out, path)) {
      return in(path, DEFAULT_NAME, several, overwrite);
    }
    String file = path.getFileName().toString();
    Path parent = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    return in(parent, file.substring(0, file.length() - ENDING.length()), several, overwrite);
  }

  private static boolean isPng(String file) {
    return file.toLowerCase(Locale.ROOT).endsWith(ENDING) && file.length() > ENDING.length();
  }

  private static boolean isFolder(String out, Path path) {
    boolean slash = out.endsWith("/") || out.endsWith(path.getFileSystem().getSeparator());
    return slash || Files.isDirectory(path) || path.getFileName() == null
        || path.getFileName().toString().indexOf('.') < 0;
  }

  private static PictureFiles in(Path folder, String name, boolean several, boolean overwrite) {
    try {
      if (!Files.isDirectory(folder.toAbsolutePath())) {
        Folders.make(folder);
      }
    } catch (IOException e) {
      throw new UserException(folder + ": the folder cannot be made (" + FileFaults.reason(e)
          + "). Choose another «output».", e);
    }
    if (!Files.isWritable(folder.toAbsolutePath())) {
      throw new UserException(
          folder.toAbsolutePath() + ": no permission to write there. Choose another «output».");
    }
    return new PictureFiles(folder, name, several, overwrite);
  }

  /** The next picture's file; call it when the picture is ready to be written. */
  public Path next() {
    Path plain = folder.resolve(name + ENDING);
    if (!several && (overwrite || !Files.exists(plain))) {
      return plain;
    }
    last = overwrite && several ? last + 1 : Math.max(last, highest(name)) + 1;
    return numbered(name, last);
  }

  /** The file of the grid of all pictures. */
  public Path grid() {
    String gridName = name + "-grid";
    Path plain = folder.resolve(gridName + ENDING);
    return overwrite || !Files.exists(plain) ? plain : numbered(gridName, highest(gridName) + 1);
  }

  private Path numbered(String stem, long number) {
    return folder.resolve(stem + "-" + number + ENDING);
  }

  private long highest(String stem) {
    Pattern taken = Pattern.compile(Pattern.quote(stem) + "-(\\d{1,15})" + Pattern.quote(ENDING),
        Pattern.CASE_INSENSITIVE);
    try (Stream<Path> files = Files.list(folder.toAbsolutePath())) {
      return files.map(file -> taken.matcher(file.getFileName().toString())).filter(Matcher::matches)
          .mapToLong(number -> Long.parseLong(number.group(1))).max().orElse(0);
    } catch (IOException e) {
      throw new UserException(folder + ": the folder cannot be read (" + FileFaults.reason(e)
          + "). Choose another «output».", e);
    }
  }
}
