package dev.kasane.diffusion.data;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileNames;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * The files below a folder, in an order that does not depend on the file system.
 *
 * <p>Links are followed, hidden files and folders skipped. A sub-folder named {@code 10_style} repeats its
 * pictures ten times an epoch, the convention of kohya's trainer; the innermost such folder counts, other
 * sub-folders repeat once.
 *
 * @param root the folder
 * @param pictures files whose extension is one of a picture, whether or not it can be read
 * @param others all other files, captions among them
 */
public record PictureFolder(Path root, List<FoundPicture> pictures, List<Path> others) {
  /** The most repeats that a folder name may ask for; more is likely a year. */
  public static final int MOST_REPEATS = 1000;

  private static final Pattern REPEATED = Pattern.compile("(\\d{1,9})_(.*)");
  private static final Set<String> EXTENSIONS = extensions();

  /**
   * A file that should be a picture.
   *
   * @param file its path
   * @param name its path below the root, with {@code /} on every platform
   * @param repeats how often it is shown in an epoch, at least 1
   * @param folderWords what the name of the repeating folder says after the underscore, if there is one
   */
  public record FoundPicture(Path file, String name, int repeats, Optional<String> folderWords) {}

  /**
   * Walks a folder.
   *
   * @throws UserException if the folder is missing, cannot be listed, links to itself, or a folder name asks
   *     for no repeats or for too many
   */
  public static PictureFolder walk(Path root) {
    if (!Files.isDirectory(root)) {
      throw new FileFault(root, (Files.exists(root) ? "is a file" : "there is no such folder")
          + "; give the folder that holds the pictures");
    }
    List<Path> files = files(root);
    files.sort(Comparator.comparing(file -> FileNames.below(root, file)));
    List<FoundPicture> pictures = new ArrayList<>();
    List<Path> others = new ArrayList<>();
    for (Path file : files) {
      if (EXTENSIONS.contains(FileNames.extension(file))) {
        pictures.add(found(root, file));
      } else {
        others.add(file);
      }
    }
    return new PictureFolder(root, List.copyOf(pictures), List.copyOf(others));
  }

  private static List<Path> files(Path root) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
              boolean skipped = !folder.equals(root) && isHidden(folder);
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
              if (!isHidden(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new FileFault(root, "the folder cannot be searched (" + e
          + "); check permissions and links below it", e);
    }
    return files;
  }

  private static boolean isHidden(Path path) throws IOException {
    String name = path.getFileName().toString();
    return name.startsWith(".") || name.equals("__MACOSX") || Files.isHidden(path);
  }

  private static FoundPicture found(Path root, Path file) {
    String name = FileNames.below(root, file);
    Optional<Matcher> folder = repeatedFolder(name);
    return new FoundPicture(file, name, folder.map(matcher -> repeats(file, matcher)).orElse(1), folderWords(name));
  }

  /**
   * What the innermost folder that repeats its pictures says beside the number.
   *
   * @param name a picture's path below the root, with {@code /} between folders
   */
  static Optional<String> folderWords(String name) {
    return repeatedFolder(name).map(matcher -> matcher.group(2).replace('_', ' ').strip())
        .filter(words -> !words.isEmpty());
  }

  private static Optional<Matcher> repeatedFolder(String name) {
    String[] parts = name.split("/");
    for (int i = parts.length - 2; i >= 0; i--) {
      Matcher matcher = REPEATED.matcher(parts[i]);
      if (matcher.matches()) {
        return Optional.of(matcher);
      }
    }
    return Optional.empty();
  }

  private static int repeats(Path file, Matcher folder) {
    int repeats = Integer.parseInt(folder.group(1));
    if (repeats < 1 || repeats > MOST_REPEATS) {
      throw new FileFault(file, "the folder " + folder.group() + " asks for " + repeats
          + " repeats of each picture; use 1"
          + " to " + MOST_REPEATS + ", or rename the folder if the number means something else");
    }
    return repeats;
  }

  /** What can be read, and what people keep beside it: such files are reported, not passed over. */
  private static Set<String> extensions() {
    Set<String> extensions = new HashSet<>(Set.of(
        "heic", "heif", "avif", "jxl", "jp2", "j2k", "svg", "exr", "hdr", "ico", "apng", "raw", "dng", "cr2",
        "cr3", "nef", "arw", "jfif", "jpe", "mpo"));
    for (String suffix : ImageIO.getReaderFileSuffixes()) {
      if (!suffix.isEmpty()) {
        extensions.add(suffix.toLowerCase(Locale.ROOT));
      }
    }
    return Set.copyOf(extensions);
  }
}
