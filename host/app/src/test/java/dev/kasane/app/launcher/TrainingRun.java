package dev.kasane.app.launcher;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One training run as processes, each of which goes on where the one before ended.
 *
 * @param folder where the processes run
 * @param out the run's folder
 * @param options of the command but {@code --out}
 */
record TrainingRun(Path folder, Path out, List<String> options) {
  private static final int PATIENCE_SECONDS = 120;

  private static Map<String, String> environment() {
    // libtorch is unpacked into the user's home, which these processes do not share.
    String given = System.getenv("DJL_CACHE_DIR");
    String cache = given != null ? given : Path.of(System.getProperty("user.home"), ".djl.ai").toString();
    return Map.of("DJL_CACHE_DIR", cache, "DJL_OFFLINE", "true", "OMP_NUM_THREADS", "1");
  }

  List<String> command() {
    List<String> command = new ArrayList<>(List.of(KasaneProcess.LAUNCHER.toString(), "train", "image",
        "--out", out.toString()));
    command.addAll(options);
    return command;
  }

  KasaneProcess.Run toTheEnd() throws IOException, InterruptedException {
    return run(command());
  }

  KasaneProcess.Run run(List<String> command) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    KasaneProcess process = new KasaneProcess(folder);
    return process.end(process.start(command, environment()));
  }

  /** Starts a process and returns when it has logged a step, or has ended. */
  Process upToStep(long step) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Files.createDirectories(out);
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      out.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      Process process = new KasaneProcess(folder).start(command(), environment());
      while (process.isAlive() && steps().stream().noneMatch(done -> done >= step)) {
        var key = watch.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (key == null) {
          process.destroyForcibly();
          throw new IllegalStateException("no step for " + PATIENCE_SECONDS + " seconds");
        }
        key.pollEvents();
        key.reset();
      }
      return process;
    }
  }

  /** The steps whose training loss is logged, in the order of the log. */
  List<Long> steps() throws IOException {
    if (!Files.exists(out.resolve("loss.csv"))) {
      return List.of();
    }
    String text = Files.readString(out.resolve("loss.csv"));
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().skip(1)
        .filter(line -> !line.contains("NaN")).map(line -> Long.valueOf(line.split(",")[0])).toList();
  }

  String lossLog() throws IOException {
    return Files.readString(out.resolve("loss.csv"));
  }

  byte[] adapter() throws IOException {
    return Files.readAllBytes(out.resolve("run.safetensors"));
  }

  boolean isFinished() {
    return Files.exists(out.resolve("run.safetensors"));
  }

  /** Names of the checkpoints, and of whatever else lies among them. */
  List<String> checkpoints() throws IOException {
    Path checkpoints = out.resolve("checkpoints");
    if (!Files.isDirectory(checkpoints)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
