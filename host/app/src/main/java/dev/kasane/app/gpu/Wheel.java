package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import dev.kasane.core.files.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A Python package as the lock names it: a zip file that nothing can be exchanged in.
 *
 * @param project its name on an index
 * @param file its file name
 * @param size bytes
 * @param sha256 of the file, in hexadecimal digits
 * @param entries what is needed of it: bytes once unpacked, by name in the zip file
 */
record Wheel(String project, String file, long size, String sha256, Map<String, Long> entries) {
  /** Keeps the entries in the order of their names. */
  Wheel {
    entries = new TreeMap<>(entries);
  }

  /** Bytes of what is needed, unpacked. */
  long unpackedSize() {
    return entries.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether a file may be this: it is there and of the right size. */
  boolean maybe(Path path) throws IOException {
    return Files.isRegularFile(path) && Files.size(path) == size;
  }

  /**
   * Why a file is not this one, bit by bit.
   *
   * @param origin where it came from, for the message
   */
  Optional<UserException> fault(Path path, String origin) {
    String found = ContentHash.of(path);
    return found.equals(sha256) ? Optional.empty() : Optional.of(new UserException(file + " from " + origin
        + " is not the file that is locked: its SHA-256 is " + found + ", expected " + sha256
        + ". It was damaged or exchanged, and nothing of it is used: fetch it again, or from elsewhere."));
  }
}
