package dev.kasane.app.gpu;

import dev.kasane.core.files.InputFile;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The torch that the user's Python has. Its files are looked at; nothing of it is run.
 *
 * @param packages the folder that it is in
 * @param version such as {@code 2.7.1}
 * @param cuda what it was built for, such as {@code 12.6}; empty for the CPU
 */
record PythonTorch(Path packages, String version, Optional<String> cuda) {
  private static final int MOST_BYTES = 1 << 16;
  private static final Pattern VERSION = Pattern.compile("(?m)^__version__ *= *['\"](\\d+(?:\\.\\d+){1,3})");
  private static final Pattern CUDA = Pattern.compile("(?m)^cuda *(?::[^=\\n]{0,40})?= *['\"](\\d+\\.\\d+)['\"]");

  /** Looks in the folders that Python imports from; the first that it would take counts. */
  static Optional<PythonTorch> find(Python python) {
    return python.modules().stream().filter(folder -> Files.isRegularFile(version(folder))).findFirst()
        .flatMap(PythonTorch::read);
  }

  private static Path version(Path packages) {
    return packages.resolve("torch/version.py");
  }

  static Optional<PythonTorch> read(Path packages) {
    try {
      String text = new String(InputFile.bytes(version(packages), MOST_BYTES), StandardCharsets.UTF_8);
      Matcher version = VERSION.matcher(text);
      Matcher cuda = CUDA.matcher(text);
      return version.find() ? Optional.of(new PythonTorch(packages, version.group(1),
          cuda.find() ? Optional.of(cuda.group(1)) : Optional.empty())) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether this program can work with it: a version of the series that is locked, for a CUDA of that series. */
  boolean fits(GpuLock lock) {
    return before(version, 2).equals(before(lock.libtorch(), 2))
        && cuda.map(own -> before(own, 1).equals(before(lock.cuda(), 1))).orElse(false);
  }

  /** The first numbers of a version. */
  private static List<String> before(String version, int count) {
    return List.of(version.split("\\.")).subList(0, count);
  }

  /**
   * Its libraries, as far as the lock knows them.
   *
   * @throws IOException when they cannot be looked at
   */
  GpuLibraries libraries(GpuLock lock) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    for (String name : lock.files().keySet()) {
      Path file = packages.resolve(name);
      // A build for another CUDA has some of NVIDIA's libraries under other names.
      if (name.startsWith(GpuLibraries.LIBTORCH) || Files.exists(file)) {
        files.put(name, Files.size(file));
      }
    }
    Set<Integer> capabilities = cuda.equals(Optional.of(lock.cuda())) ? lock.capabilities() : Set.of();
    return new GpuLibraries(version, cuda.orElseThrow(), capabilities, packages, files);
  }

  @Override
  public String toString() {
    return "torch " + version + cuda.map(each -> " for CUDA " + each).orElse(" for the CPU") + " in " + packages;
  }
}
