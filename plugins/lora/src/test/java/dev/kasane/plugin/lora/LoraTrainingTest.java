package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.tensor.Engines;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraTrainingTest {
  private static final int SIZE = 64;
  private final NDManager scope = Engines.newManager();
  private final LoraMethod method = new LoraMethod();
  private Linear layer;

  @BeforeEach
  void seed() {
    TorchBridge.seed(3);
    layer = Layers.linear(scope, SIZE, SIZE);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** An adapter whose factors are identities: its hidden values are its input and its output. */
  private LayerAdapter identity(Map<String, String> dropout) {
    Map<String, String> options = new HashMap<>(dropout);
    options.put("rank", String.valueOf(SIZE));
    LayerAdapter adapter = method.prepare(Layers.options(options)).attach(layer, scope);
    adapter.tensors().values().forEach(tensor -> {
      tensor.setRequiresGradient(false);
      tensor.muli(0).addi(scope.eye(SIZE));
    });
    return adapter;
  }

  private NDArray run(LayerAdapter adapter, Phase phase, long... shape) {
    NDArray x = scope.ones(new Shape(shape));
    NDArray y = scope.zeros(new Shape(shape));
    return adapter.addTo(y, x, 1, phase);
  }

  @ParameterizedTest
  @CsvSource({"dropout,0.25", "hidden-dropout,0.25", "rank-dropout,0.25"})
  void droppedShareAndScaleAreAsAsked(String option, String probability) {
    LayerAdapter adapter = identity(Map.of(option, probability));
    assertThat(run(adapter, Phase.INFERENCE, 8, 16, SIZE).toFloatArray()).containsOnly(1f);
    float[] kept = run(adapter, Phase.TRAINING, 8, 16, SIZE).toFloatArray();
    assertThat(kept).containsOnly(0f, 1 / 0.75f);
    int zeros = 0;
    for (float value : kept) {
      zeros += value == 0 ? 1 : 0;
    }
    assertThat((double) zeros / kept.length).isCloseTo(0.25, within(0.05));
  }

  @Test
  void rankDropoutTakesWholeRanksOfASample() {
    float[] kept = run(identity(Map.of("rank-dropout", "0.5")), Phase.TRAINING, 2, 3, SIZE).toFloatArray();
    boolean samplesDiffer = false;
    for (int rank = 0; rank < SIZE; rank++) {
      for (int token = 1; token < 3; token++) {
        assertThat(kept[token * SIZE + rank]).isEqualTo(kept[rank]);
      }
      samplesDiffer |= kept[rank] != kept[3 * SIZE + rank];
    }
    assertThat(samplesDiffer).isTrue();
  }

  @Test
  void moduleDropoutTakesAllOrNothing() {
    LayerAdapter adapter = identity(Map.of("module-dropout", "0.5"));
    int skipped = 0;
    for (int step = 0; step < 200; step++) {
      float[] kept = run(adapter, Phase.TRAINING, 1, SIZE).toFloatArray();
      assertThat(kept).containsOnly(kept[0]);
      skipped += kept[0] == 0 ? 1 : 0;
    }
    assertThat(skipped).isBetween(70, 130);
    NDArray x = scope.ones(new Shape(1, SIZE));
    float[] alone = adapter.forward(x, 1, Phase.TRAINING).toFloatArray();
    assertThat(alone).containsOnly(alone[0]);
  }

  @ParameterizedTest
  @CsvSource({"kaiming,0.125,0.0722", "gaussian,1000,0.0625"})
  void startsAsTheFieldDoes(String init, float bound, double deviation) {
    LayerAdapter adapter = method.prepare(Layers.options(Map.of("rank", "16", "init", init))).attach(layer, scope);
    NDArray down = adapter.tensors().get("lora_down.weight").stopGradient();
    assertThat(down.getShape()).isEqualTo(new Shape(16, SIZE));
    assertThat(down.abs().max().toFloatArray()[0]).isLessThanOrEqualTo(bound);
    assertThat(Math.sqrt(down.square().mean().toFloatArray()[0]))
        .isCloseTo(deviation, within(deviation / 10));
    assertThat(adapter.tensors().get("lora_up.weight").abs().max().toFloatArray()[0]).isZero();
  }

  @ParameterizedTest
  @CsvSource({"8,0,false,8", "4,6,false,6", "4,6,true,12", "16,0,true,64"})
  void storedAlphaCarriesTheScale(String rank, String alpha, String rslora, double stored) {
    LayerAdapter adapter = method.prepare(Layers.options(Map.of("rank", rank, "alpha", alpha, "use-rslora", rslora)))
        .attach(layer, scope);
    assertThat(adapter.constants()).containsEntry("alpha", stored);
  }

  @ParameterizedTest
  @CsvSource({"rank,0", "rank,-3", "alpha,-1", "dropout,1", "rank-dropout,-0.1", "init,zeros"})
  void refusesValuesOutOfRange(String option, String value) {
    assertThatThrownBy(() -> method.prepare(Layers.options(Map.of(option, value))))
        .isInstanceOf(UserException.class).hasMessageContaining(option).hasMessageContaining("must be");
  }
}
