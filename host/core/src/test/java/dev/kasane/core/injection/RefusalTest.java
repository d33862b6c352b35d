package dev.kasane.core.injection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Engines;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalTest {
  private static final List<AdapterMethod> METHODS = List.of(
      new Named("pair", Set.of("lora_up.weight", "lora_down.weight", "alpha")),
      new Named("turn", Set.of("oft_blocks", "rescale", "alpha")),
      new Named("butterfly", Set.of("oft_blocks", "rescale", "alpha")));
  private final NDManager scope = Engines.newManager();

  /** A method that takes nothing. */
  private record Named(String id, Set<String> parameters) implements AdapterMethod {
    @Override
    public String description() {
      return "Takes nothing.";
    }

    @Override
    public List<AdapterOption> options() {
      return List.of();
    }

    @Override
    public PreparedMethod prepare(AdapterOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager owner) {
      return Optional.empty();
    }
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private AdapterModule module(String... tensors) {
    Map<String, NDArray> named = new LinkedHashMap<>();
    Arrays.stream(tensors).forEach(name -> named.put(name, scope.ones(new Shape(2, 3))));
    return new AdapterModule("layer", named, Map.of("alpha", 1.0));
  }

  private String reason(AdaptableLayer layer, String... tensors) {
    AdapterModule module = module(tensors);
    ModuleRestorer restorer = new ModuleRestorer(METHODS);
    assertThat(restorer.restore(layer, module, scope)).isEmpty();
    return restorer.refusal(layer, module);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "strange|no loaded method knows strange; loaded are pair, turn, butterfly",
      "lora_uq.weight|no loaded method knows & the nearest that one knows is lora_up.weight",
      "lora_up.weight lora_dwn.weight|it is of pair but for lora_dwn.weight & nearest that one knows is lora_down",
      "lora_up.weight lora_down.weight rescale|it is of pair but for rescale & (turn, butterfly knows it",
      "lora_up.weight diff_b|they are of pair & not without others of lora_down.weight & lora_up.weight (2, 3)",
      "oft_blocks|they are of turn, butterfly, but not of the shapes & others of rescale: oft_blocks (2, 3)"})
  void saysWhichParameterIsWrong(String tensors, String expected) {
    assertThat(reason(new Linear(3, 2, true), tensors.split(" "))).contains(expected.split(" & "));
  }

  @Test
  void saysWhichKindOfLayerAMethodIsNotFor() {
    assertThat(reason(new LayerNorm(2, 1e-5), "oft_blocks")).contains("does not adapt a layer of the kind norm");
    assertThat(reason(new Conv2d(3, 2, 1, 1, 0), "oft_blocks")).doesNotContain("kind");
  }

  @Test
  void constantsAloneAreNoAdapter() {
    assertThat(reason(new Linear(3, 2, true))).contains("no tensor beside alpha");
  }

  @Test
  void aFactorIsASingleNumber() {
    assertThatThrownBy(() -> reason(new Linear(3, 2, true), "scalar")).isInstanceOf(UserException.class)
        .hasMessageContaining("scalar has shape (2, 3), expected a single number");
  }
}
