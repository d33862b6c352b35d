package dev.kasane.quant.cuda;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Runs the kernels on the CPU, compiled as C++ behind src/test/cpp/shim.h. */
public final class ShimLauncher implements KernelLauncher {
  private static final Path SHIM = Path.of("src/test/cpp").toAbsolutePath();
  private static final Pattern KERNEL =
      Pattern.compile("^[A-Z0-9_]+\\(([a-z0-9_]+), .*\\)$|^ +([a-z0-9_]+)\\(const Tensor", Pattern.MULTILINE);
  private static final Map<KernelFile, NativeLibrary> LIBRARIES = new EnumMap<>(KernelFile.class);

  private final Order order;
  private final Map<KernelFile, NativeLibrary> replaced = new EnumMap<>(KernelFile.class);

  /** Whose turn it is when threads wait for one another. */
  public enum Order { FORWARD, REVERSE, SHUFFLED }

  /** Runs threads in a shuffled order; a dry run of the benchmark finds this one. */
  public ShimLauncher() {
    this(Order.SHUFFLED);
  }

  /** Runs threads in an order. */
  public ShimLauncher(Order order) {
    this.order = order;
  }

  /** The same with another source in place of a kernel file's. */
  ShimLauncher with(KernelFile file, String source, Path folder) throws IOException {
    replaced.put(file, compile(source, folder));
    return this;
  }

  @Override
  public void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments) {
    NativeLibrary library = replaced.containsKey(file) ? replaced.get(file) : library(file);
    Function function = library.getFunction("shim_" + kernel);
    String failure = (String) function.invoke(String.class, new Object[] {
        (int) blocksX, (int) blocksY, THREADS, order.ordinal(), 7, arguments.pointers()});
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private static synchronized NativeLibrary library(KernelFile file) {
    return LIBRARIES.computeIfAbsent(file, each -> {
      try {
        return compile(each.source(), Files.createDirectories(Path.of("target/shim", each.name())));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  private static NativeLibrary compile(String source, Path folder) throws IOException {
    Optional<String> compiler = compiler();
    // Asked this way round, JUnit need not be there where the kernels are run outside tests: host/bench does so.
    if (compiler.isEmpty()) {
      Assumptions.abort("no C++ compiler (c++, g++ or clang++) to run the kernels with");
    }
    Files.writeString(folder.resolve("kernels.cu"), source);
    Files.writeString(folder.resolve("exports.inc"), exports(source));
    Path library = folder.resolve("kernels.so").toAbsolutePath();
    // Hidden symbols: two libraries of the same kernels must not answer for one another.
    Process process = new ProcessBuilder(compiler.get(), "-std=c++17", "-O1", "-w", "-fvisibility=hidden",
        "-ffp-contract=off", "-fPIC",
        "-shared", "-I" + SHIM, "-I" + folder.toAbsolutePath(), "-DKERNELS=\"kernels.cu\"",
        "-DEXPORTS=\"exports.inc\"", SHIM.resolve("exports.cpp").toString(), "-o", library.toString())
        .redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return NativeLibrary.getInstance(library.toString());
  }

  private static String exports(String source) {
    List<String> names = new ArrayList<>();
    Matcher matcher = KERNEL.matcher(source);
    while (matcher.find()) {
      names.add("EXPORT(" + (matcher.group(1) == null ? matcher.group(2) : matcher.group(1)) + ")");
    }
    return String.join("\n", names) + "\n";
  }

  private static Optional<String> compiler() {
    String[] folders = System.getenv("PATH").split(File.pathSeparator);
    return Stream.of("c++", "g++", "clang++")
        .filter(name -> Stream.of(folders).anyMatch(folder -> Files.isExecutable(Path.of(folder, name)))).findFirst();
  }
}
