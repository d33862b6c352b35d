package dev.kasane.bench;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Linux counts about this process. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private ProcessMemory() {}

  /** The most physical memory that the process has had so far, native memory and mapped files included. */
  public static long peakResidentBytes() {
    try {
      return peakResidentBytes(Files.readAllLines(STATUS));
    } catch (IOException e) {
      throw new UncheckedIOException(STATUS + " cannot be read; this benchmark needs Linux", e);
    }
  }

  static long peakResidentBytes(List<String> status) {
    return status.stream().map(PEAK::matcher).filter(Matcher::matches).findFirst()
        .map(found -> Long.parseLong(found.group(1)) * 1024)
        .orElseThrow(() -> new UserException(STATUS + " has no line VmHWM; this benchmark needs Linux."));
  }
}
