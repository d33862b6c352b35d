package dev.kasane.quant.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States on a disk that is too small, in a process of its own: the system kills one that writes without room. */
class FullDiskTest {
  private static final int STATE_BYTES = 3 << 20;
  /** A disk of its own for one process, which ordinary users may have as well where the system allows it. */
  private static final List<String> SMALL_DISK = List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
      "mount -t tmpfs -o size=4m small \"$1\" && shift && exec \"$@\"", "sh");

  @TempDir
  private Path folder;

  private record End(int code, String text) {}

  private End onSmallDisk(String... command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(SMALL_DISK);
    all.add(folder.toString());
    all.addAll(List.of(command));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new End(process.waitFor(), text);
  }

  @Test
  void aFullDiskIsSaidBeforeAnythingIsWrittenToIt() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")) && onSmallDisk("true").code() == 0,
        "no user may mount a small disk here");
    End end = onSmallDisk(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("java.class.path"), Child.class.getName(), folder.toString());
    assertThat(end.code()).as(end.text()).isZero();
    assertThat(end.text()).contains("The optimiser's state 'second' of " + STATE_BYTES + " bytes does not fit into "
        + folder, "the disk is full", "left: 0");
  }

  /** Fills states until there is no room. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path disk = Path.of(arguments[0]);
      try (NDManager scope = Engines.newManager();
          MappedStates states = MappedStates.create(disk.resolve("states"), scope)) {
        for (String name : List.of("first", "second")) {
          NDArray state = states.zeros(name, new Shape(STATE_BYTES), DataType.UINT8);
          state.addi(1);
        }
      } catch (UserException e) {
        System.out.println(e.getMessage());
      }
      try (Stream<Path> files = Files.list(disk)) {
        System.out.println("left: " + files.count());
      }
    }
  }
}
