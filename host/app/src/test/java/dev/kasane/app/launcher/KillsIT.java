package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands are ended by signals at random moments: what they write is old or new, and nothing lies beside it, at once
 * or, after SIGKILL, when the same command has run again.
 *
 * <p>A few moments by default; {@code -Dkasane.kills=200} tries more, {@code -Dkasane.seed=N} the same ones again.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
class KillsIT {
  private static final List<String> SIGNALS =
      List.of(System.getProperty("kasane.signals", "KILL,TERM,INT,HUP").split(","));
  private static final int KILLS = Integer.getInteger("kasane.kills", 4);
  private static final long SEED = Long.getLong("kasane.seed", 11);
  private static final long PATIENCE_SECONDS = 300;

  @TempDir
  private Path folder;
  private Path inputs;
  private final Map<WritingCommand, Alone> known = new HashMap<>();

  /** What a command does when it is left alone. */
  private record Alone(Map<String, String> files, long milliseconds) {}

  @Test
  void whatACommandWritesIsOldOrNewAndNothingLiesBesideIt() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    Map<String, Integer> counts = new TreeMap<>();
    inputs = makeInputs();
    List<WritingCommand> commands = WritingCommand.all(inputs);
    for (int i = 0; i < KILLS; i++) {
      WritingCommand command = commands.get(random.nextInt(commands.size()));
      String signal = SIGNALS.get(i % SIGNALS.size());
      String end = kill(command, signal, random, i);
      System.out.println(signal + " to " + command.arguments().get(0) + ": " + end);
      counts.merge(signal + ", " + end, 1, Integer::sum);
    }
    System.out.println("seed " + SEED + ", " + KILLS + " kills: " + counts);
  }

  private Path makeInputs() throws IOException, InterruptedException {
    Path made = Files.createDirectory(folder.resolve("inputs"));
    WritingCommand training = WritingCommand.training();
    Path run = alone(training, "input");
    Files.copy(run.resolve("run/a.safetensors"), made.resolve("a.safetensors"));
    Files.writeString(made.resolve("lines.jsonl"), """
        {"instruction": "Say a.", "output": "a"}
        {"instruction": "Say b.", "output": "b"}
        """);
    WritingCommand merge = WritingCommand.all(made).stream()
        .filter(each -> each.arguments().get(0).equals("merge")).findFirst().orElseThrow();
    Files.move(alone(merge, "input-merged").resolve("m"), made.resolve("merged"));
    return made;
  }

  /** Runs a command to its end and notes what it has written. */
  private Path alone(WritingCommand command, String name) throws IOException, InterruptedException {
    Path place = Files.createDirectory(folder.resolve(name));
    long start = System.nanoTime();
    finish(command, place);
    known.put(command, new Alone(files(place), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
    return place;
  }

  /** One that writes into the folder that all others do. */
  private WritingCommand another() {
    return WritingCommand.all(inputs).stream().filter(each -> each.results().contains("d.safetensors")).findFirst()
        .orElseThrow();
  }

  private void finish(WritingCommand command, Path place) throws IOException, InterruptedException {
    KasaneProcess.Run run = new KasaneProcess(place).end(start(command, place));
    assertThat(run.code()).as(String.join(" ", command.arguments()) + "\n" + run.err()).isZero();
  }

  private static Process start(WritingCommand command, Path place) throws IOException {
    return new KasaneProcess(place).start(command.command(),
        Map.of("DJL_OFFLINE", "true", "OMP_NUM_THREADS", "1", "KASANE_JAVA_OPTS", ""));
  }

  private String kill(WritingCommand command, String signal, Random random, int number)
      throws IOException, InterruptedException {
    if (!known.containsKey(command)) {
      alone(command, "alone-" + known.size());
    }
    Path place = Files.createDirectory(folder.resolve("kill-" + number));
    boolean old = command.replaces() && random.nextBoolean();
    if (old) {
      makeOld(command, place);
    }
    Map<String, String> before = files(place);
    Process process = start(command, place);
    long moment = (long) (known.get(command).milliseconds() * (0.2 + 0.8 * random.nextDouble()));
    boolean pending = random.nextBoolean() ? awaitPending(process, place) : waited(process, moment);
    if (pending) {
      process.waitFor(random.nextInt(20), TimeUnit.MILLISECONDS);
    }
    boolean alive = process.isAlive();
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the process ends").isTrue();
    String what = signal + " to " + String.join(" ", command.arguments()) + ": "
        + Files.readString(place.resolve("err.txt"));
    if (!signal.equals("KILL")) {
      assertThat(leftovers(place)).as(what).isEmpty();
      assertThat(Files.readString(place.resolve("err.txt"))).as(what).doesNotContain("kasane: ", "\tat ");
    }
    String end = check(command, place, before, what);
    // A shell that starts this in the background has it ignore SIGINT; then nothing is tried.
    String note = !alive ? ", done before" : process.exitValue() == 0 ? ", done all the same" : "";
    if (end.equals("old") && !old) {
      finish(command, place);
      assertThat(files(place)).as(what).isEqualTo(known.get(command).files());
    } else if (!leftovers(place).isEmpty()) {
      finish(another(), place);
    }
    assertThat(leftovers(place)).as(what).isEmpty();
    return end + note;
  }

  /** Each result is what it was, or what it becomes when the command is left alone. */
  private String check(WritingCommand command, Path place, Map<String, String> before, String what)
      throws IOException {
    Map<String, String> after = files(place);
    String end = "new";
    for (String result : command.results()) {
      Map<String, String> is = below(after, result);
      Map<String, String> was = below(before, result);
      assertThat(is).as(what).isIn(was, below(known.get(command).files(), result));
      end = is.equals(was) ? "old" : end;
    }
    return end;
  }

  private static void makeOld(WritingCommand command, Path place) throws IOException {
    for (String result : command.results()) {
      boolean file = result.contains(".");
      Path old = file ? place.resolve(result)
          : Files.createDirectory(place.resolve(result)).resolve("adapter_config.json");
      Files.writeString(old, "old");
    }
  }

  private static Map<String, String> below(Map<String, String> files, String result) {
    Map<String, String> found = new TreeMap<>(files);
    found.keySet().removeIf(name -> !name.equals(result) && !name.startsWith(result + "/"));
    return found;
  }

  private static boolean waited(Process process, long milliseconds) throws InterruptedException {
    process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    return false;
  }

  /** Waits until something is half written, or the command is done. */
  private static boolean awaitPending(Process process, Path place) throws IOException {
    while (process.isAlive()) {
      if (!leftovers(place).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static List<String> leftovers(Path place) throws IOException {
    try (Stream<Path> all = Files.find(place, 3, (file, attributes) ->
        file.getFileName().toString().startsWith(".") && !file.getFileName().toString().equals(".lock"))) {
      return all.map(Path::toString).toList();
    } catch (UncheckedIOException vanished) {
      return List.of();
    }
  }

  /** Files by name with their content's hash; without what differs from run to run. */
  private static Map<String, String> files(Path place) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(place)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = place.relativize(file).toString();
        if (!name.equals("out.txt") && !name.equals("err.txt")) {
          files.put(name, Arrays.hashCode(Files.readAllBytes(file)) + ", " + Files.size(file) + " bytes");
        }
      }
    }
    return files;
  }
}
