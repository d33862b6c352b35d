package dev.kasane.core.files;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of something pending: {@code .TARGET.kasane-MAKER-NUMBER.tmp}, or {@code .old} at its end for what the new
 * one has pushed aside and whose removal, or return, is pending.
 *
 * @param target the name that it will have or had; of a long one the beginning
 * @param maker the process that made it
 * @param setAside whether it has been pushed aside
 */
record PendingName(String target, Maker maker, boolean setAside) {
  private static final Pattern GRAMMAR = Pattern.compile(
      "\\.(.+)\\.kasane-" + Maker.GRAMMAR + "-\\d{1,18}\\.(tmp|old)", Pattern.DOTALL);
  /** File systems allow 255 bytes; the rest of the name has some 80. */
  private static final int LONGEST_TARGET_BYTES = 120;
  private static final AtomicLong NUMBER = new AtomicLong();

  /** A name for something new. */
  static Path fresh(Path target) {
    return beside(target, shortened(target.getFileName().toString()), "tmp");
  }

  /** A name for the old folder while the new one takes its place. */
  static Path setAside(Path target) {
    return beside(target, target.getFileName().toString(), "old");
  }

  private static Path beside(Path target, String name, String ending) {
    return target.resolveSibling(
        "." + name + ".kasane-" + Maker.self() + "-" + NUMBER.incrementAndGet() + "." + ending);
  }

  /** What a file's name says, if it is such a name. */
  static Optional<PendingName> parse(String name) {
    Matcher groups = GRAMMAR.matcher(name);
    return groups.matches()
        ? Optional.of(new PendingName(groups.group(1), Maker.parse(groups, 2), groups.group(6).equals("old")))
        : Optional.empty();
  }

  private static String shortened(String name) {
    int length = name.length();
    while (name.substring(0, length).getBytes(StandardCharsets.UTF_8).length > LONGEST_TARGET_BYTES) {
      length = name.offsetByCodePoints(length, -1);
    }
    return name.substring(0, length);
  }
}
