package dev.kasane.plugin.lycoris;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterMethod;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Fresh adapters: layout, starting values, options out of range, what is left out in training. */
class LycorisTrainingTest {
  private static final int SIZE = 64;
  private final NDManager scope = Engines.newManager();
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

  private LayerAdapter fresh(String id, Map<String, String> options) {
    AdapterMethod method = Layers.method(id);
    return method.prepare(Layers.options(method, options)).attach(layer, scope);
  }

  /** An update that is the identity, so that outputs are inputs. */
  private NDArray run(Map<String, String> options, Phase phase, long samples) {
    LayerAdapter adapter = fresh("full", options);
    adapter.tensors().values().forEach(tensor -> tensor.setRequiresGradient(false));
    adapter.tensors().get("diff").addi(scope.eye(SIZE));
    return adapter.addTo(scope.zeros(new Shape(samples, SIZE)), scope.ones(new Shape(samples, SIZE)), 1, phase);
  }

  @Test
  void outputDropoutTakesItsShareAndScalesTheRest() {
    Map<String, String> options = Map.of("dropout", "0.25");
    assertThat(run(options, Phase.INFERENCE, 64).toFloatArray()).containsOnly(1f);
    float[] kept = run(options, Phase.TRAINING, 64).toFloatArray();
    assertThat(kept).containsOnly(0f, 1 / 0.75f);
    assertThat(zeros(kept) / (double) kept.length).isCloseTo(0.25, within(0.03));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rankDropoutTakesWholeOutputs(boolean scaled) {
    NDArray y = run(Map.of("rank-dropout", "0.5", "rank-dropout-scale", String.valueOf(scaled)), Phase.TRAINING, 3);
    float[] kept = y.toFloatArray();
    int zeros = zeros(kept) / 3;
    assertThat(zeros).isBetween(16, 48);
    float stays = scaled ? (float) SIZE / (SIZE - zeros) : 1;
    for (int i = 0; i < kept.length; i++) {
      assertThat(kept[i]).isEqualTo(kept[i % SIZE]);
      assertThat(kept[i] == 0 || Math.abs(kept[i] - stays) < 1e-5).isTrue();
    }
  }

  @Test
  void moduleDropoutTakesAllOrNothing() {
    int skipped = 0;
    for (int step = 0; step < 100; step++) {
      float[] kept = run(Map.of("module-dropout", "0.5"), Phase.TRAINING, 1).toFloatArray();
      assertThat(kept).containsOnly(kept[0]);
      skipped += kept[0] == 0 ? 1 : 0;
    }
    assertThat(skipped).isBetween(30, 70);
  }

  private static int zeros(float[] values) {
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return zeros;
  }

  @Test
  void startsAsLycorisDoes() {
    Map<String, NDArray> loha = fresh("loha", Map.of("rank", "16")).tensors();
    assertThat(deviation(loha.get("hada_w1_a"))).isCloseTo(0.1, within(0.01));
    assertThat(deviation(loha.get("hada_w1_b"))).isCloseTo(1, within(0.1));
    assertThat(deviation(loha.get("hada_w2_a"))).isZero();
    assertThat(deviation(loha.get("hada_w2_b"))).isCloseTo(1, within(0.1));
    Map<String, NDArray> lokr = fresh("lokr", Map.of("rank", "2")).tensors();
    assertThat(lokr.get("lokr_w1").getShape()).isEqualTo(new Shape(8, 8));
    assertThat(lokr.get("lokr_w2_a").getShape()).isEqualTo(new Shape(8, 2));
    assertThat(deviation(lokr.get("lokr_w2_b"))).isZero();
    NDArray lengths = fresh("dora", Map.of()).tensors().get("dora_scale").stopGradient();
    assertThat(Layers.distance(lengths.reshape(SIZE),
        layer.weight().materialise(scope).square().sum(new int[] {1}).sqrt())).isLessThan(1e-6);
  }

  private static double deviation(NDArray tensor) {
    return Math.sqrt(tensor.stopGradient().square().mean().toFloatArray()[0]);
  }

  @ParameterizedTest
  @CsvSource({"8,0,false,8", "4,6,false,6", "4,6,true,12"})
  void storedAlphaCarriesTheScale(String rank, String alpha, String rslora, double stored) {
    for (String id : new String[] {"loha", "lokr", "dora", "glora"}) {
      Map<String, String> options = new HashMap<>(Map.of("rank", rank, "alpha", alpha, "use-rslora", rslora));
      if (id.equals("lokr")) {
        options.put("factor", "2");
      }
      assertThat(fresh(id, options).constants()).as(id).containsEntry("alpha", stored);
    }
  }

  @ParameterizedTest
  @CsvSource({"loha,rank,0", "loha,alpha,-1", "loha,dropout,1", "lokr,factor,0", "lokr,factor,-2", "dora,rank,-3",
      "ia3,module-dropout,1.5", "glora,rank-dropout,-0.1", "diag-oft,constraint,-1", "boft,rank,0",
      "full,dropout,2"})
  void refusesValuesOutOfRange(String id, String option, String value) {
    AdapterMethod method = Layers.method(id);
    assertThatThrownBy(() -> method.prepare(Layers.options(method, Map.of(option, value))))
        .isInstanceOf(UserException.class).hasMessageContaining(option).hasMessageContaining("must be");
  }

  @Test
  void blocksThatCannotTurnAreRefused() {
    assertThatThrownBy(() -> fresh("diag-oft", Map.of("rank", "1")))
        .isInstanceOf(UserException.class).hasMessageContaining("blocks of 1");
  }

  @Test
  void nothingOfALiveUpdateStaysInTheModelsScope() {
    LayerAdapter adapter = fresh("dora", Map.of());
    int before = scope.getManagedArrays().size();
    try (NDManager step = scope.newSubManager()) {
      NDArray x = step.ones(new Shape(2, SIZE));
      adapter.addTo(step.zeros(new Shape(2, SIZE)), x, 1, Phase.TRAINING);
      assertThat(step.getManagedArrays()).as("x and y only").hasSizeLessThanOrEqualTo(2);
    }
    assertThat(scope.getManagedArrays()).hasSize(before);
  }
}
