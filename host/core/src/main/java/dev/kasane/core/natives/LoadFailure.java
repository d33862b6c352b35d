package dev.kasane.core.natives;

import java.util.regex.Pattern;

/** Words for native libraries that do not load. */
public final class LoadFailure {
  /** Java and the system's loader both put the file's name in front. */
  private static final Pattern REPEATED = Pattern.compile("^(.+?: )\\1");

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
