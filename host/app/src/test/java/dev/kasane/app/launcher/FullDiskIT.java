package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that writes says in one line that it could not, and leaves nothing half written. A limit on the size of
 * files makes a disk that is full for everything large; it needs no rights. A few commands by default,
 * {@code -Dkasane.full=all} for all.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no limit on the size of files")
class FullDiskIT {
  private static final List<String> USUAL = List.of("merge", "mix");
  private static final Map<String, String> ENVIRONMENT =
      Map.of("DJL_OFFLINE", "true", "OMP_NUM_THREADS", "1", "KASANE_JAVA_OPTS", "");
  /** In blocks of 512 bytes: less than any result has, more than a recipe or the head of a log. */
  private static final int BLOCKS = 6;

  @TempDir
  private static Path inputs;
  @TempDir
  private Path folder;

  @BeforeAll
  static void makeInputs() throws IOException, InterruptedException {
    run(inputs, WritingCommand.training().command());
    Files.copy(inputs.resolve("run/a.safetensors"), inputs.resolve("a.safetensors"));
    Files.writeString(inputs.resolve("lines.jsonl"), "{\"instruction\": \"Say a.\", \"output\": \"a\"}\n");
    run(inputs, all().stream().filter(each -> each.arguments().get(0).equals("merge")).findFirst().orElseThrow()
        .command());
    Files.move(inputs.resolve("m"), inputs.resolve("merged"));
  }

  private static List<WritingCommand> all() {
    return WritingCommand.all(inputs);
  }

  private static KasaneProcess.Run run(Path place, List<String> command) throws IOException, InterruptedException {
    KasaneProcess process = new KasaneProcess(place);
    return process.end(process.start(command, ENVIRONMENT));
  }

  @TestFactory
  Stream<DynamicTest> oneLineAndNothingHalfWritten() {
    boolean every = "all".equals(System.getProperty("kasane.full"));
    return all().stream().filter(each -> every || USUAL.contains(each.arguments().get(0)))
        .map(each -> DynamicTest.dynamicTest(String.join(" ", each.arguments()), () -> runsFull(each)));
  }

  private void runsFull(WritingCommand command) throws IOException, InterruptedException {
    Path place = Files.createTempDirectory(folder, "full");
    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f " + BLOCKS + "; exec \"$@\"", "sh"));
    limited.addAll(command.command());

    KasaneProcess.Run run = run(place, limited);

    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.err().lines().filter(line -> line.startsWith("kasane: "))).as(run.err()).hasSize(1);
    assertThat(run.err()).contains("File too large").doesNotContain("\tat ", "fault of Kasane", ".kasane-");
    for (String result : command.results()) {
      assertThat(place.resolve(result)).doesNotExist();
    }
    try (Stream<Path> left = Files.walk(place)) {
      assertThat(left.map(file -> file.getFileName().toString()).filter(name -> name.startsWith(".")))
          .isSubsetOf(".lock");
    }
  }

  @Test
  void aResultThatGoesToAFullDiskIsAFailure() throws IOException, InterruptedException {
    assumeThat(Path.of("/dev/full")).exists();
    List<String> inspect = List.of("sh", "-c", "exec \"$@\" > /dev/full", "sh", KasaneProcess.LAUNCHER.toString(),
        "inspect", inputs.resolve("a.safetensors").toString());

    KasaneProcess.Run run = run(folder, inspect);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("kasane: standard output could not be written: the disk is full");
  }

  @Test
  void aReaderWhoHasHadEnoughIsNone() throws IOException, InterruptedException {
    List<String> inspect = List.of("sh", "-c", "(\"$@\"; echo \"$?\" > code.txt) | true; exit 0", "sh",
        KasaneProcess.LAUNCHER.toString(), "inspect", inputs.resolve("a.safetensors").toString());

    assertThat(run(folder, inspect).err()).isEmpty();
    assertThat(folder.resolve("code.txt")).hasContent("0");
  }
}
