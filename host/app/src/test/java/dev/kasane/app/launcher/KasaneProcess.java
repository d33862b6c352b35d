package dev.kasane.app.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the built distribution through the launcher, as a process of its own.
 *
 * @param folder where it runs; the user's home, too
 */
record KasaneProcess(Path folder) {
  static final Path LAUNCHER = Path.of(System.getProperty("kasane.root"), "kasane");

  /** What a run left behind. */
  record Run(int code, String out, String err) {}

  Run run(String... arguments) throws IOException, InterruptedException {
    return run(LAUNCHER, Map.of(), arguments);
  }

  Run run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return end(start(command, environment));
  }

  /** Waits for the end of the one process that runs in the folder. */
  Run end(Process process) throws IOException, InterruptedException {
    int code = process.waitFor();
    return new Run(code, Files.readString(out()), Files.readString(err()));
  }

  private Path out() {
    return folder.resolve("out.txt");
  }

  private Path err() {
    return folder.resolve("err.txt");
  }

  /** Starts a command that runs the launcher. */
  Process start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
        .redirectOutput(out().toFile()).redirectError(err().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("KASANE_"));
    builder.environment().putAll(Map.of(
        "KASANE_SKIP_BUILD", "1", "KASANE_JAVA_OPTS", "-Duser.home=" + folder,
        "JAVA_HOME", System.getProperty("java.home"),
        // Without this every process would unpack libtorch into its own home.
        "DJL_CACHE_DIR", Path.of(System.getProperty("user.home"), ".djl.ai").toString()));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
