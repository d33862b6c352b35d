package dev.kasane.core.natives;

import java.util.regex.Pattern;

/** Words for native libraries that do not load. */
public final class LoadFailure {
  /** Java and the system's loader both put the file's name in front. */
  private static final Pattern REPEATED = Pattern.compile("^(.+?: )\\1");

  /** What to do about a library in the cache. */
  public static final String ADVICE = "Remove that folder to have it unpacked anew; a disk that runs no programs"
      + " (noexec) needs DJL_CACHE_DIR set to a folder on another.";

  private LoadFailure() {}

  /** What lies behind a failure, in one line without a stop at its end. */
  public static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String line = cause.getMessage() == null ? "" : cause.getMessage().lines().findFirst().orElse("").strip();
    return line.isEmpty() ? cause.getClass().getSimpleName()
        : REPEATED.matcher(line).replaceFirst("$1").replaceFirst("\\.+$", "");
  }
}
