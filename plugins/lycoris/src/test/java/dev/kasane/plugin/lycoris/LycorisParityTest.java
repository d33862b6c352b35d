package dev.kasane.plugin.lycoris;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method against LyCORIS's live path: ΔW and outputs at two strengths, and gradients. */
class LycorisParityTest {
  private static final double TOLERANCE = 1e-6;
  private static final double GRADIENT_TOLERANCE = 1e-5;
  private final NDManager scope = Engines.newManager();

  static List<Arguments> cases() {
    return Stream.of("loha", "lokr", "dora", "ia3", "glora", "diag-oft", "boft", "full", "norm")
        .flatMap(method -> GoldenCase.names(method).stream().map(name -> Arguments.of(method, name)))
        .toList();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatLycorisComputes(String method, String name) throws IOException {
    try (GradMode off = GradMode.off()) {
      GoldenCase golden = GoldenCase.read(method, name, scope);
      AdaptableLayer layer = golden.layer();
      LayerAdapter adapter = Layers.restore(layer, golden.saved(), scope).orElseThrow();
      assertThat(Layers.distance(adapter.weightDelta(scope, 1), golden.get("delta"))).isLessThan(TOLERANCE);
      assertThat(Layers.distance(adapter.weightDelta(scope, 0.5), golden.get("delta-half")))
          .isLessThan(TOLERANCE);
      Attachment attachment = new Attachment(adapter, 1);
      layer.attach(attachment);
      assertThat(Layers.distance(layer.forward(golden.get("x")), golden.get("y"))).isLessThan(TOLERANCE);
      attachment.multiplier(0.5);
      assertThat(Layers.distance(layer.forward(golden.get("x")), golden.get("y-half"))).isLessThan(TOLERANCE);
      assertThat(Layers.distance(golden.get("y-half"), golden.get("y"))).isGreaterThan(1e-3);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreThoseOfLycoris(String method, String name) throws IOException {
    GoldenCase golden = GoldenCase.read(method, name, scope);
    AdaptableLayer layer = golden.layer();
    LayerAdapter adapter = Layers.restore(layer, golden.saved(), scope).orElseThrow();
    adapter.tensors().values().forEach(tensor -> tensor.setRequiresGradient(true));
    NDArray x = golden.get("x");
    x.setRequiresGradient(true);
    layer.attach(new Attachment(adapter, 1));
    try (GradMode on = GradMode.on()) {
      TorchBridge.backward(layer.forward(x), golden.get("dy"));
    }
    assertThat(Layers.distance(x.getGradient(), golden.get("dx"))).isLessThan(GRADIENT_TOLERANCE);
    assertThat(adapter.tensors().keySet()).containsExactlyInAnyOrderElementsOf(golden.gradients());
    golden.gradients().forEach(each ->
        assertThat(Layers.distance(adapter.tensors().get(each).getGradient(), golden.get("grad." + each)))
            .as(each).isLessThan(GRADIENT_TOLERANCE));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void savesWhatLycorisSaved(String method, String name) throws IOException {
    GoldenCase golden = GoldenCase.read(method, name, scope);
    LayerAdapter adapter = Layers.restore(golden.layer(), golden.saved(), scope).orElseThrow();
    assertThat(adapter.constants()).isEqualTo(golden.saved().constants());
    assertThat(adapter.tensors().keySet())
        .containsExactlyInAnyOrderElementsOf(golden.saved().tensors().keySet());
    adapter.tensors().forEach((parameter, tensor) -> {
      NDArray saved = golden.saved().tensors().get(parameter);
      assertThat(tensor.getShape()).as(parameter).isEqualTo(saved.getShape());
      assertThat(tensor.toFloatArray()).as(parameter).containsExactly(saved.toFloatArray());
    });
  }
}
