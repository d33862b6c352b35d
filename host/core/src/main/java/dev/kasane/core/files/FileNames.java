package dev.kasane.core.files;

import java.nio.file.Path;
import java.util.Locale;

/** Takes file names apart. */
public final class FileNames {
  private FileNames() {}

  /** The name without folder and extension. */
  public static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** The extension in lower case without dot; empty if there is none. */
  public static String extension(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
  }

  /** The path below a root with {@code /} between its parts, whatever the platform. */
  public static String below(Path root, Path file) {
    return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }
}
