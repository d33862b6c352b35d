package dev.kasane.quant;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.format.FormatGoldenTest;
import dev.kasane.quant.optimizer.AdamW8bit;
import dev.kasane.quant.optimizer.MappedStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The 8-bit AdamW against bitsandbytes, and both widths in memory against both in a mapped file. */
class AdamW8bitTest {
  private static final int COUNT = 4096 + 300;
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.01);

  private final NDManager scope = Engines.newManager();
  private final StateMemory memory = StateMemory.of(scope);

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
  }

  private static AdamW8bit adam(NDArray parameter, StateMemory memory) {
    return new AdamW8bit(Map.of("p", parameter), SETTINGS, name -> 1, memory);
  }

  private NDArray parameter(int count) {
    NDArray parameter = scope.create(SeededInputs.values(200, count)).add(0);
    parameter.setRequiresGradient(true);
    return parameter;
  }

  private void giveGradient(NDArray parameter, float[] values) {
    try (GradMode on = GradMode.on(); NDManager inner = scope.newSubManager()) {
      NDArray given = inner.create(values).add(0);
      NDArray sum = OPS.scale(parameter, 1);
      sum.attach(inner);
      TorchBridge.backward(sum, given);
    }
  }

  @Test
  void followsBitsandbytes() throws IOException {
    NDArray parameter = parameter(COUNT);
    AdamW8bit optimizer = adam(parameter, memory);
    for (String line : FormatGoldenTest.lines("adamw8.tsv")) {
      String[] cells = line.split("\t");
      if (cells[0].startsWith("step")) {
        giveGradient(parameter, SeededInputs.values(200 + Integer.parseInt(cells[0].substring(5)), COUNT));
        optimizer.step(1e-2, 1, 0);
      }
      if (!cells[0].equals("bitsandbytes-step-1")) {
        checkEvery37th(parameter.toFloatArray(), cells);
      }
    }
  }

  @Test
  void firstStepIsBitsandbytesOwn() throws IOException {
    NDArray parameter = parameter(COUNT);
    AdamW8bit optimizer = adam(parameter, memory);
    giveGradient(parameter, SeededInputs.values(201, COUNT));
    optimizer.step(1e-2, 1, 0);
    checkEvery37th(parameter.toFloatArray(), FormatGoldenTest.lines("adamw8.tsv").get(0).split("\t"));
  }

  private static void checkEvery37th(float[] ours, String[] cells) {
    for (int i = 1; i < cells.length; i++) {
      float expected = Float.intBitsToFloat(Integer.parseUnsignedInt(cells[i], 16));
      assertThat(ours[(i - 1) * 37]).as(cells[0] + " " + i).isCloseTo(expected, within(2e-6f));
    }
  }

  @Test
  void holdsAQuarterOfTheBytes() {
    int count = 1 << 16;
    AdamW8bit optimizer = adam(parameter(count), memory);
    long bytes = optimizer.state().values().stream()
        .mapToLong(each -> each.getShape().size() * each.getDataType().getNumOfBytes()).sum();
    assertThat(bytes).isEqualTo(2L * count + 2 * count / 256 * 4 + 4);
    assertThat(AdamW8bit.momentBytes(new Shape(count))).isEqualTo(bytes - 4);
    assertThat(AdamW8bit.momentBytes(new Shape(4095))).isEqualTo(2 * 4 * 4095);
  }

  @Test
  void notFiniteGradientsMoveNothing() {
    NDArray parameter = parameter(COUNT);
    float[] before = parameter.toFloatArray();
    AdamW8bit optimizer = adam(parameter, memory);
    float[] bad = new float[COUNT];
    bad[4000] = Float.NaN;
    giveGradient(parameter, bad);
    assertThat(optimizer.step(1e-2, 1, 0)).isNaN();
    assertThat(parameter.toFloatArray()).containsExactly(before);
    assertThat(optimizer.state().get("step").getFloat()).isZero();
    assertThat(parameter.getGradient().toFloatArray()).containsOnly(0f);
  }

  @Test
  void clipsToTheNorm() {
    NDArray clipped = parameter(COUNT);
    NDArray scaled = parameter(COUNT);
    float[] gradient = SeededInputs.values(201, COUNT);
    giveGradient(clipped, gradient);
    giveGradient(scaled, gradient);
    double norm = adam(clipped, memory).step(1e-2, 1, 0.5);
    adam(scaled, memory).step(1e-2, 0.5 / (norm + 1e-6), 0);
    assertThat(clipped.toFloatArray()).containsExactly(scaled.toFloatArray());
  }

  @Test
  void pagedStatesGiveTheSameBits() {
    for (boolean wide : new boolean[] {true, false}) {
      Path file = folder.resolve("states" + wide);
      NDArray inMemory = parameter(COUNT);
      NDArray paged = parameter(COUNT);
      try (MappedStates states = MappedStates.create(file, scope)) {
        Optimizer first = wide ? new AdamW(Map.of("p", inMemory), SETTINGS, scope)
            : adam(inMemory, memory);
        Optimizer second = wide ? new AdamW(Map.of("p", paged), SETTINGS, name -> 1, states)
            : adam(paged, states);
        for (int step = 1; step <= 3; step++) {
          giveGradient(inMemory, SeededInputs.values(200 + step, COUNT));
          giveGradient(paged, SeededInputs.values(200 + step, COUNT));
          first.step(1e-2, 1, 1);
          second.step(1e-2, 1, 1);
        }
        assertThat(paged.toFloatArray()).containsExactly(inMemory.toFloatArray());
        assertThat(states.bytes()).isGreaterThan(wide ? COUNT * 8L : COUNT * 2L);
        first.state().forEach((name, tensor) ->
            assertThat(second.state().get(name).toByteArray()).as(name).containsExactly(tensor.toByteArray()));
      }
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void aStateFileThatExistsIsNotOverwritten() throws IOException {
    Path file = Files.createFile(folder.resolve("there"));
    assertThatThrownBy(() -> MappedStates.create(file, scope)).isInstanceOf(UserException.class)
        .hasMessageContaining("there").hasMessageContaining("does not exist");
  }

  @Test
  void smallParametersKeepFloatMoments() {
    AdamW8bit optimizer = adam(parameter(100), memory);
    assertThat(optimizer.state().keySet()).containsExactlyInAnyOrder("step", "first_moment_values.p",
        "second_moment_values.p");
    assertThat(optimizer.state().get("first_moment_values.p").getShape()).isEqualTo(new Shape(100));
  }
}
