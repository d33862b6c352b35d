package dev.kasane.core.files;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Which links in a model's folder are followed when its files are copied: those to what is in the folder too, and
 * those into the blobs of Hugging Face's cache, whose names are the hashes of what they hold, so that whoever made the
 * link knew the content. Any other link in a stranger's model could bring a private file of the user's into a result
 * that is passed on.
 */
public final class SafeLinks {
  private static final Pattern BLOB = Pattern.compile(".*/models--[^/]+/blobs/([0-9a-f]{40}|[0-9a-f]{64})");

  private final Path root;

  /**
   * @param folder the model's folder; that it is a link itself is fine, the user has named it
   * @throws IOException when there is none
   */
  public SafeLinks(Path folder) throws IOException {
    this.root = folder.toRealPath();
  }

  /**
   * What is behind a file or folder, itself where it is no link.
   *
   * @param each something in the folder
   * @return a path without links
   * @throws UserException that names a link which leads elsewhere, or nowhere
   */
  public Path follow(Path each) throws IOException {
    Path real;
    try {
      real = each.toRealPath();
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException missingOrLoop) {
      throw refused(each, "leads nowhere", "Fetch the model again, or remove the link");
    }
    boolean blob = BLOB.matcher(real.toString().replace('\\', '/')).matches();
    if (!real.startsWith(root) && !blob) {
      throw refused(each, "leads out of the model's folder", "Put a copy of what it points to in its place");
    }
    return real;
  }

  private static UserException refused(Path each, String fault, String remedy) throws IOException {
    String target = Files.isSymbolicLink(each) ? Files.readSymbolicLink(each).toString() : "another place";
    return new UserException(each + " is a link to " + target + ", which " + fault + ". " + remedy + ".");
  }
}
