package dev.kasane.app.sweep;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Damages files and tries them, as many as asked for: {@code main} takes how many (100 000 when nothing is said), a
 * seed, and a folder in which the files that go wrong are kept.
 */
final class AdapterSweep implements AutoCloseable {
  private static final int MANY = 100_000;
  private static final int SOME = 1000;

  private final Path folder = Files.createTempDirectory("kasane-sweep");
  private final Path kept;
  private final NDManager scope = Engines.newManager();
  private final PluginHost plugins;
  private final Bases bases;
  private final Originals originals;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> offences = new ArrayList<>();

  /**
   * @param root the project's folder, packaged
   * @param kept where files that go wrong are kept
   */
  AdapterSweep(Path root, Path kept) throws IOException {
    this.kept = kept;
    this.plugins = PluginHost.start(new PluginLocations(List.of(root.resolve("host/app/target/kasane/plugins"))));
    this.bases = new Bases(root, scope);
    this.originals = bases.originals(plugins, folder);
    addWritten(root);
  }

  private void addWritten(Path root) throws IOException {
    List<String> names =
        List.of("kohya/*.pt", "cloneofsimo/*.{pt,bin}", "peft/{conv,dora,embedding,patterns,bias-all}");
    for (String name : names) {
      String plugin = name.substring(0, name.indexOf('/'));
      Path golden = root.resolve("plugins").resolve(plugin).resolve("src/test/resources/golden");
      try (Stream<Path> files = Files.list(golden)) {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + name.substring(name.indexOf('/') + 1));
        for (Path each : files.filter(path -> matcher.matches(path.getFileName())).sorted().toList()) {
          originals.addWritten(each);
        }
      }
    }
  }

  /** Tries one file; the same seed damages in the same way and makes the same choices. */
  void run(long seed) throws IOException {
    Path work = Files.createDirectories(folder.resolve("work"));
    try {
      Path file = new Damage(originals, seed).write(work);
      new Trial(plugins, bases, file, work, seed).run().forEach((what, outcome) -> {
        boolean expected = outcome.equals("done") || outcome.equals("refused");
        counts.merge(what + ": " + (expected ? outcome : "OFFENCE"), 1, Integer::sum);
        if (!expected) {
          keep(seed, what + ": " + outcome, file);
        }
      });
    } finally {
      remove(work);
    }
  }

  private void keep(long seed, String offence, Path file) {
    offences.add("seed " + seed + ", " + offence);
    try {
      Path place = Files.createDirectories(kept.resolve("seed" + seed));
      try (Stream<Path> all = Files.walk(file)) {
        for (Path each : all.filter(Files::isRegularFile).toList()) {
          Files.write(place.resolve(each.getFileName()), Files.readAllBytes(each));
        }
      }
    } catch (IOException e) {
      offences.add("seed " + seed + " could not be kept: " + e);
    }
  }

  /** What happened how often. */
  Map<String, Integer> counts() {
    return counts;
  }

  /** Everything that must not happen, with its seed. */
  List<String> offences() {
    return offences;
  }

  @Override
  public void close() throws IOException {
    bases.close();
    plugins.close();
    scope.close();
    remove(folder);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** Runs to the end and says how often what happened. */
  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : MANY;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    Path kept = Path.of(arguments.length > 2 ? arguments[2] : "sweep-offences");
    try (AdapterSweep sweep = new AdapterSweep(Path.of(System.getProperty("kasane.root", ".")), kept)) {
      int told = 0;
      for (long seed = first; seed < first + count; seed++) {
        sweep.run(seed);
        for (; told < sweep.offences.size(); told++) {
          System.out.println(sweep.offences.get(told));
        }
        if ((seed - first + 1) % SOME == 0) {
          long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
          System.out.println(seed - first + 1 + " files, heap " + (heap >> 20) + " MiB, offences " + told);
        }
      }
      System.out.println(count + " files from seed " + first + ": " + sweep.counts);
    }
    System.exit(0);
  }
}
