package dev.kasane.core.files;

import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Optional;

/** Words for what a file system refuses. */
public final class FileFaults {
  private FileFaults() {}

  /** Why an operation failed, in a few words without the path where the caller names it already. */
  public static String reason(Exception failure) {
    if (isDiskFull(failure)) {
      return "the disk is full";
    } else if (failure instanceof AccessDeniedException) {
      return "permission denied";
    } else if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    } else if (failure instanceof FileAlreadyExistsException || failure instanceof DirectoryNotEmptyException) {
      return ((FileSystemException) failure).getFile() + " exists already";
    } else if (failure instanceof NotDirectoryException file) {
      return file.getFile() + " is not a folder";
    } else if (failure instanceof ClosedChannelException) {
      return "it has been closed";
    } else if (failure instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  /** Whether there was no room on the disk, or in what the user may use of it; encoders wrap the failure in theirs. */
  public static boolean isDiskFull(Exception failure) {
    String said = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
    String text = Optional.ofNullable(said).orElse("").toLowerCase(Locale.ROOT);
    return text.contains("no space left") || text.contains("not enough space") || text.contains("quota exceeded")
        || failure.getCause() instanceof Exception cause && isDiskFull(cause);
  }

  /** A message in which files and folders that are not complete yet are called by the names that they will have. */
  public static String withFinalNames(String message) {
    return PendingName.inFinalForm(message);
  }
}
