package dev.kasane.app.gpu;

import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFolder;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The user's Python, the one that a shell would start. It is asked with the root of the file system as its working
 * folder, since Python runs modules that lie in the one that it works in.
 *
 * @param program the file that starts it
 */
record Python(Path program) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern INDEX = Pattern.compile("--index-url\\b.{0,200}?\\(default:?\\s+(https?://[^\\s)]+)\\)",
      Pattern.DOTALL);

  /**
   * Looks along a search path; folders in it that depend on the working folder are left out.
   *
   * @param path such as the variable {@code PATH} has
   */
  static Optional<Python> find(String path) {
    return Arrays.stream(path.split(Pattern.quote(File.pathSeparator))).flatMap(Python::folder)
        .flatMap(folder -> Stream.of("python3", "python", "python3.exe", "python.exe").map(folder::resolve))
        .filter(Files::isExecutable).filter(Files::isRegularFile).findFirst().map(Python::new);
  }

  private static Stream<Path> folder(String name) {
    try {
      return Stream.of(Path.of(name)).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Stream.empty();
    }
  }

  /** The folders that it imports modules from. */
  List<Path> modules() {
    return ask("-c", "import sys; print('\\n'.join(sys.path))").lines().flatMap(Python::folder).toList();
  }

  /** The index that its pip takes when nothing is configured, as pip's help tells; nothing where there is no pip. */
  Optional<String> index() {
    Matcher index = INDEX.matcher(ask("-m", "pip", "install", "--help"));
    return index.find() ? Optional.of(index.group(1)) : Optional.empty();
  }

  /** The command that has some pip fetch wheels, whatever the machine that it runs on. */
  static String download(List<Wheel> wheels) {
    // torch-2.7.1-cp311-cp311-manylinux_2_28_x86_64.whl
    String version = wheels.get(0).file().split("-")[2].replaceFirst("cp3", "3.");
    return "pip download --no-deps --only-binary=:all: --python-version " + version + " " + wheels.stream()
        .map(wheel -> wheel.project() + "==" + wheel.file().split("-")[1]).collect(Collectors.joining(" "));
  }

  /** What it prints; nothing when it fails or takes too long. */
  private String ask(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    try (PendingFolder scratch = PendingFolder.scratchIn(Path.of(System.getProperty("java.io.tmpdir")))) {
      Path output = scratch.path().resolve("output");
      ProcessBuilder builder = new ProcessBuilder(command).directory(program.getRoot().toFile())
          .redirectOutput(output.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD)
          .redirectInput(ProcessBuilder.Redirect.from(new File(isWindows() ? "NUL" : "/dev/null")));
      builder.environment().putAll(Map.of("PYTHONSAFEPATH", "1", "COLUMNS", "500"));
      Process process = builder.start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "";
      }
      return process.exitValue() == 0
          ? new String(InputFile.bytes(output, MOST_BYTES), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static boolean isWindows() {
    return File.separatorChar == '\\';
  }
}
