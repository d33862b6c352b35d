package dev.kasane.core.algebra;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Results and inputs have owners of their own: whichever scope closes first, the other's tensors can be read. */
class OwnershipTest {
  private static final String WORD = "<ink>";

  private final NDManager inputs = Engines.newManager();
  private final NDManager results = Engines.newManager();

  @AfterEach
  void close() {
    inputs.close();
    results.close();
  }

  private AdapterModel withWord() {
    AdapterModel layers = Adapters.model(Adapters.linear("to_q", 6, 5, 2, 1, inputs),
        Adapters.convolution("conv", 4, 3, 2, 1, inputs));
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>(layers.components());
    components.put(AdapterModel.EMBEDDINGS, List.of(new AdapterModule(WORD,
        Map.of("text_encoder", Ops.randomNormal(inputs, new Shape(2, 8))), Map.of())));
    return new AdapterModel(components, List.of(), Map.of());
  }

  private static List<float[]> values(AdapterModel model) {
    return model.components().values().stream().flatMap(List::stream)
        .flatMap(module -> module.tensors().values().stream()).map(NDArray::toFloatArray).toList();
  }

  private AdapterModel mix(MixMethod method, AdapterModel model) {
    MixOptions options = new MixOptions(method, Optional.empty(), method.isSparse() ? 0.5 : 1, false, 1, 5);
    return new Mixer(options, Adapters.PLAIN, AlgebraProgress.SILENT).mix(
        List.of(Adapters.part("a", model, 1), Adapters.part("b", model, -0.5)), Map.of(), results).model();
  }

  @ParameterizedTest
  @EnumSource(MixMethod.class)
  void aMixOutlivesItsParts(MixMethod method) {
    AdapterModel model = withWord();
    float[] word = model.components().get(AdapterModel.EMBEDDINGS).get(0).tensors().get("text_encoder").toFloatArray();
    AdapterModel mixed = mix(method, model);
    inputs.close();
    assertThat(mixed.components().get(AdapterModel.EMBEDDINGS).get(0).tensors().get("text_encoder").toFloatArray())
        .isEqualTo(word);
    assertThat(values(mixed)).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource(MixMethod.class)
  void partsOutliveTheirMix(MixMethod method) {
    AdapterModel model = withWord();
    List<float[]> before = values(model);
    mix(method, model);
    results.close();
    assertThat(values(model)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void resizedAndInputOutliveEachOther() {
    AdapterModel model = withWord();
    Resizer resizer = new Resizer("a", RankRule.fixed(1), RankRule.fixed(1), AlgebraProgress.SILENT);
    try (NDManager scope = Engines.newManager()) {
      resizer.resize(model, Map.of(), scope);
    }
    assertThat(values(model)).hasSize(5);
    AdapterModel resized = resizer.resize(model, Map.of(), results).model();
    inputs.close();
    assertThat(values(resized)).hasSize(5);
  }

  static Stream<ElementType> precisions() {
    return ElementType.PRECISIONS.stream();
  }

  @ParameterizedTest
  @MethodSource("precisions")
  void roundedAndInputOutliveEachOther(ElementType precision) {
    AdapterModel model = withWord();
    List<float[]> before = values(model);
    try (NDManager scope = Engines.newManager()) {
      Verifier.rounded(model, precision, scope);
    }
    assertThat(values(model)).usingRecursiveComparison().isEqualTo(before);
    AdapterModel rounded = Verifier.rounded(model, precision, results);
    inputs.close();
    rounded.components().values().forEach(modules -> modules.forEach(module -> module.tensors().values()
        .forEach(tensor -> assertThat(OPS.cast(tensor, ElementType.FLOAT32.dataType()).toFloatArray()).isNotEmpty())));
  }
}
