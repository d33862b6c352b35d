package dev.kasane.core.files;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The process that made a file, as the file's name says it.
 *
 * @param machine eight hexadecimal digits for the user, the machine and the table of processes within it: what sees
 *     the same processes as this one has the same
 * @param boot eight hexadecimal digits for the time from one start of the machine to the next; zeros where the
 *     system does not tell
 * @param pid its number
 * @param start when it began: on Linux in ticks since the machine's start, elsewhere in milliseconds since 1970
 */
record Maker(String machine, String boot, long pid, long start) {
  static final String GRAMMAR = "([0-9a-f]{8})-([0-9a-f]{8})-([1-9]\\d{0,9})-(\\d{1,18})";

  private static final String NO_BOOT = "00000000";
  private static final Path PROCESSES = Path.of("/proc");
  private static final int START_FIELD = 19;
  private static final Pattern START = Pattern.compile(".*\\) (\\S+ ){" + START_FIELD + "}(\\d+) .*", Pattern.DOTALL);
  private static final String MACHINE = thisMachine();
  private static final String BOOT = thisBoot();
  private static final Maker SELF = of(ProcessHandle.current().pid()).orElseThrow();

  /** This process. */
  static Maker self() {
    return SELF;
  }

  /** A living process of this machine, if there is one of that number. */
  static Optional<Maker> of(long pid) {
    return startOf(pid).map(start -> new Maker(MACHINE, BOOT, pid, start));
  }

  /** Reads the four groups of {@link #GRAMMAR}. */
  static Maker parse(Matcher groups, int first) {
    return new Maker(groups.group(first), groups.group(first + 1), Long.parseLong(groups.group(first + 2)),
        Long.parseLong(groups.group(first + 3)));
  }

  @Override
  public String toString() {
    return machine + "-" + boot + "-" + pid + "-" + start;
  }

  /**
   * Whether the process is certainly no more. It is one of this machine and this user, and
   *
   * <ul>
   *   <li>of this start of the machine, and no process of its number began when it did, or
   *   <li>of another start, and what it made has not been touched since this one. A machine that was cloned together
   *       with its identity has other starts, so what such a twin is writing on a shared disk now stays.
   * </ul>
   *
   * <p>Of what another machine, container or user has made nothing can be known: their processes cannot be seen.
   *
   * @param touched when what it made was last written to
   */
  boolean isDead(Instant touched) {
    if (!machine.equals(MACHINE)) {
      return false;
    }
    return boot.equals(BOOT) ? !of(pid).equals(Optional.of(this)) : bootTime().filter(touched::isBefore).isPresent();
  }

  private static Optional<Long> startOf(long pid) {
    if (Files.isDirectory(PROCESSES.resolve("self"))) {
      Matcher fields = START.matcher(text(PROCESSES.resolve(pid + "/stat")));
      return fields.matches() ? Optional.of(Long.parseLong(fields.group(2))) : Optional.empty();
    }
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
        .map(process -> process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
  }

  private static String thisBoot() {
    String boot = text(PROCESSES.resolve("sys/kernel/random/boot_id"));
    return boot.isEmpty() ? NO_BOOT : digest(List.of(boot));
  }

  private static Optional<Instant> bootTime() {
    String uptime = text(PROCESSES.resolve("uptime"));
    return uptime.isEmpty() ? Optional.empty()
        : Optional.of(Instant.now().minus(Duration.ofSeconds((long) Double.parseDouble(uptime.split(" ")[0]))));
  }

  private static String thisMachine() {
    List<String> facts = new ArrayList<>(List.of(System.getProperty("user.name"), text(Path.of("/etc/machine-id")),
        text(PROCESSES.resolve("sys/kernel/hostname")),
        Optional.ofNullable(System.getenv("COMPUTERNAME")).orElse("")));
    try {
      facts.add(Files.readSymbolicLink(PROCESSES.resolve("self/ns/pid")).toString());
    } catch (IOException | UnsupportedOperationException noLinux) {
      facts.addAll(networkAddresses());
    }
    return digest(facts);
  }

  private static List<String> networkAddresses() {
    List<String> addresses = new ArrayList<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        Optional.ofNullable(each.getHardwareAddress()).map(HexFormat.of()::formatHex).ifPresent(addresses::add);
      }
    } catch (IOException none) {
      // Then the process's number and start have to do.
      addresses.clear();
    }
    Collections.sort(addresses);
    return addresses;
  }

  private static String digest(List<String> facts) {
    CRC32 sum = new CRC32();
    sum.update(String.join("\n", facts).getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", sum.getValue());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException missing) {
      return "";
    }
  }
}
