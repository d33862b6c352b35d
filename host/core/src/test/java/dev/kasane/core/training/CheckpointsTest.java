package dev.kasane.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.files.DeadMaker;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private final List<String> notes = new ArrayList<>();

  @AfterEach
  void close() {
    scope.close();
  }

  private Checkpoints checkpoints(String run) {
    return new Checkpoints(folder.resolve("checkpoints"), run, 2, notes::add);
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
  void tellsWhetherTheRunCanGoOn() throws IOException {
    assertThat(checkpoints("run").canGoOn()).isFalse();
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(2, state(2));
    assertThat(checkpoints("run").canGoOn()).isTrue();
    assertThat(checkpoints("other").canGoOn()).isFalse();
    damage(file(2));
    assertThat(checkpoints("run").canGoOn()).isTrue();
    damage(file(1));
    assertThat(checkpoints("run").canGoOn()).isFalse();
  }

  @Test
  void refusesTensorsThatDoNotFit() {
    checkpoints("run").save(1, state(1));
    assertThatThrownBy(() -> checkpoints("run").restore(state(1, 2))).isInstanceOf(UserException.class)
        .hasMessageContaining("checkpoint-00000001").hasMessageContaining("weight");
  }

  private Path file(long step) {
    return folder.resolve(String.format("checkpoints/checkpoint-%08d.safetensors", step));
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 0x10;
    Files.write(file, bytes);
  }

  @Test
  void goesOnFromTheOneBeforeADamagedOneAndSaysSo() throws IOException {
    checkpoints("run").save(1, state(1, 0.5f));
    checkpoints("run").save(2, state(2, 3));
    damage(file(2));

    Map<String, NDArray> live = state(0, 0);
    assertThat(checkpoints("run").restore(live)).isEqualTo(1);
    assertThat(live.get("weight").toFloatArray()).containsExactly(1, 0.5f);
    assertThat(notes).singleElement().asString().contains(file(2).toString(), "is damaged", "of step 1")
        .doesNotContain("\n");
  }

  @Test
  void noDamageOfAnyKindIsGoneOnFrom() throws IOException {
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(2, state(2));
    byte[] bytes = Files.readAllBytes(file(2));
    for (byte[] damaged : List.of(new byte[0], Arrays.copyOf(bytes, bytes.length - 3), Arrays.copyOf(bytes, 20),
        Arrays.copyOf(bytes, bytes.length + 1), "no checkpoint at all".getBytes(StandardCharsets.UTF_8))) {
      Files.write(file(2), damaged);
      assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
    }
    for (int at = 0; at < bytes.length; at++) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= (byte) (1 << at % 8);
      Files.write(file(2), flipped);
      assertThat(checkpoints("run").restore(state(0))).as("byte %d", at).isEqualTo(1);
    }
    Files.delete(file(2));
    Files.createDirectory(file(2));
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
    assertThat(notes).hasSize(6 + bytes.length).allMatch(note -> note.contains(file(2).toString()));
  }

  @Test
  void aStepUnderTheNameOfAnotherIsNotBelieved() throws IOException {
    checkpoints("run").save(1, state(1));
    Files.copy(file(1), file(9));
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
    assertThat(notes).singleElement().asString().contains(file(9).toString(), "of step 1 under the name of another");
  }

  @Test
  void aCheckpointWithoutAChecksumIsNotBelieved() throws IOException {
    checkpoints("run").save(1, state(1));
    Map<String, NDArray> state = state(2);
    SafetensorsWriter.write(file(2), state.entrySet().stream()
        .map(each -> StoredTensors.declare(each.getKey(), each.getValue())).toList(),
        Map.of("step", "2", "run", "run"));
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
    assertThat(notes).singleElement().asString().contains("has no checksum");
  }

  @Test
  void refusesToBeginAnewInSilenceWhenAllAreDamaged() throws IOException {
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(2, state(2));
    damage(file(1));
    damage(file(2));
    assertThatThrownBy(() -> checkpoints("run").restore(state(0))).isInstanceOf(UserException.class)
        .hasMessageContaining(file(1).toString()).hasMessageContaining(file(2).toString())
        .hasMessageContaining("remove the folder to start anew");
  }

  @Test
  void theNextCheckpointTakesAwayTheDamagedOnesBehindIt() throws IOException {
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(9, state(9));
    damage(file(9));
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(1);
    checkpoints("run").save(4, state(4));
    assertThat(names()).containsExactly("checkpoint-00000001.safetensors", "checkpoint-00000004.safetensors");
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
  void theLastCheckpointOfAFinishedRunStaysForMoreSteps() throws IOException {
    checkpoints("run").finish();
    assertThat(checkpoints("run").finished()).isEmpty();
    assertThat(checkpoints("run").hasFinished()).isFalse();
    checkpoints("run").save(1, state(1));
    checkpoints("run").save(2, state(2));
    checkpoints("run").finish();
    assertThat(names()).containsExactly("finished-00000002.safetensors");
    assertThat(checkpoints("run").newest()).isEmpty();
    assertThat(checkpoints("run").canGoOn()).isFalse();
    assertThat(checkpoints("run").finished()).hasValue(2);
    assertThat(checkpoints("other").finished()).isEmpty();
    assertThat(checkpoints("other").hasFinished()).isTrue();
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(2);

    checkpoints("run").save(5, state(5));
    assertThat(checkpoints("run").restore(state(0))).isEqualTo(5);
    damage(file(5));
    assertThat(checkpoints("run").restore(state(0))).as("the newest is damaged").isEqualTo(2);
    checkpoints("run").save(6, state(6));
    checkpoints("run").finish();
    assertThat(names()).containsExactly("finished-00000006.safetensors");
    checkpoints("run").clear();
    assertThat(folder.resolve("checkpoints")).doesNotExist();
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
