package dev.kasane.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.files.DeadMaker;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
  @TempDir
  private Path folder;

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  private Checkpoints checkpoints(String run) {
    return new Checkpoints(folder.resolve("checkpoints"), run, 2);
  }

  private Map<String, NDArray> state(float... values) {
    return Map.of("weight", scope.create(values), "step", scope.create(values[0]));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void restoresTheNewestBitForBit() {
    checkpoints("run").save(9, state(1, 2));
    checkpoints("run").save(10, state(0.1f, Float.MIN_VALUE));

    Map<String, NDArray> live = state(0, 0);
    assertThat(checkpoints("run").restore(live)).isEqualTo(10);
    assertThat(live.get("weight").toFloatArray()).containsExactly(0.1f, Float.MIN_VALUE);
    assertThat(live.get("step").toFloatArray()).containsExactly(0.1f);
  }

  @Test
  void startsAtZeroWithoutAny() {
    Map<String, NDArray> live = state(3, 4);
    assertThat(checkpoints("run").restore(live)).isZero();
    assertThat(live.get("weight").toFloatArray()).containsExactly(3, 4);
  }

  @Test
  void keepsTheNewest() throws IOException {
    for (long step : new long[] {99_999_998, 99_999_999, 100_000_000}) {
      checkpoints("run").save(step, state(step));
    }
    assertThat(names()).containsExactly("checkpoint-100000000.safetensors", "checkpoint-99999999.safetensors");
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(100_000_000);
  }

  @Test
  void refusesAnotherRun() {
    checkpoints("run").save(1, state(1));
    assertThatThrownBy(() -> checkpoints("other").restore(state(0))).isInstanceOf(UserException.class)
        .hasMessageContaining("checkpoint-00000001").hasMessageContaining("other settings");
  }

  @Test
  void tellsWhoseTheyAre() {
    assertThat(checkpoints("run").holdsAnotherRun()).isFalse();
    checkpoints("run").save(1, state(1));
    assertThat(checkpoints("run").holdsAnotherRun()).isFalse();
    assertThat(checkpoints("other").holdsAnotherRun()).isTrue();
  }

  @Test
  void refusesTensorsThatDoNotFit() {
    checkpoints("run").save(1, state(1));
    assertThatThrownBy(() -> checkpoints("run").restore(state(1, 2))).isInstanceOf(UserException.class)
        .hasMessageContaining("checkpoint-00000001").hasMessageContaining("weight");
  }

  @Test
  void namesADamagedOneAndGoesOnFromTheOneBeforeWhenItIsRemoved() throws IOException {
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(2, state(2));
    Path newest = checkpoints("run").newest().orElseThrow();
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(bytes, bytes.length - 3));

    assertThatThrownBy(() -> checkpoints("run").restore(state(0))).isInstanceOf(UserException.class)
        .hasMessageContaining(newest.toString()).hasMessageContaining("Remove it");
    Files.delete(newest);
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
  }

  @Test
  void aFailedSaveLeavesTheOldOnes() throws IOException {
    checkpoints("run").save(1, state(1));
    // A folder in the way of the file: nobody can write there.
    Files.createDirectory(folder.resolve("checkpoints/checkpoint-00000002.safetensors"));

    assertThatThrownBy(() -> checkpoints("run").save(2, state(2))).isInstanceOf(UserException.class)
        .hasMessageContaining("step 2").hasMessageContaining("run the same command again");
    Files.delete(folder.resolve("checkpoints/checkpoint-00000002.safetensors"));
    assertThat(names()).containsExactly("checkpoint-00000001.safetensors");
  }

  @Test
  void clearLeavesNothingOfItsOwn() throws IOException {
    checkpoints("run").save(1, state(1));
    Files.writeString(DeadMaker.pending(folder.resolve("checkpoints/checkpoint-00000002.safetensors")), "half");
    checkpoints("run").clear();
    assertThat(folder.resolve("checkpoints")).doesNotExist();
  }

  @Test
  void clearLeavesWhatIsNotItsOwn() throws IOException {
    checkpoints("run").save(1, state(1));
    Files.writeString(folder.resolve("checkpoints/notes.txt"), "mine");
    checkpoints("run").clear();
    assertThat(names()).containsExactly("notes.txt");
  }
}
