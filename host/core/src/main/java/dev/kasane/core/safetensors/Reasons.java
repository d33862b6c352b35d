package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for failures of the file system and for names found in files. */
final class Reasons {
  private static final int LONGEST_QUOTE = 120;

  private Reasons() {
  }

  /** Why an operation failed, without the path the caller names already. */
  static String of(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (failure instanceof ClosedChannelException) {
      return "it has been closed";
    }
    if (failure instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  /** A name from a file in quotes, shortened and without control characters, fit for a message. */
  static String quote(String name) {
    String shown = name.length() <= LONGEST_QUOTE ? name : name.substring(0, LONGEST_QUOTE) + "…";
    StringBuilder clean = new StringBuilder("'");
    shown.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '\ufffd' : (char) c));
    return clean.append('\'').toString();
  }
}
