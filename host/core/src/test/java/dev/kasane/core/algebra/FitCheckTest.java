package dev.kasane.core.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FitCheckTest {
  private static final String QUERY = "text_model.encoder.layers.0.self_attn.q_proj";

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  /** A text encoder of one layer, 6 wide. */
  private record OneLayer() implements LayerTable {
    @Override
    public String name() {
      return "one layer";
    }

    @Override
    public Map<String, Collection<String>> paths() {
      return Map.of("text_encoder", List.of(QUERY));
    }

    @Override
    public Optional<Shape> shape(String component, String path) {
      return component.equals("text_encoder") && path.equals(QUERY) ? Optional.of(new Shape(4, 6)) : Optional.empty();
    }
  }

  private List<String> misfits(LayerTable base, AdapterMethod method, String component, AdapterModule module) {
    AdapterModel model = new AdapterModel(Map.of(component, List.of(module)), List.of(), Map.of());
    return new FitCheck(method == null ? List.of() : List.of(method), base).misfits(model, scope);
  }

  private AdapterModule module(String path, String name, NDArray tensor) {
    return new AdapterModule(path, Map.of(name, tensor), Map.of());
  }

  @Test
  void wholeWeightsHaveTheShapeOfTheBases() {
    for (Shape good : List.of(new Shape(4, 6))) {
      assertThat(misfits(new OneLayer(), null, "text_encoder", module(QUERY, "weight", scope.ones(good)))).isEmpty();
    }
    assertThat(misfits(new OneLayer(), null, "text_encoder", module(QUERY, "bias", scope.ones(new Shape(4)))))
        .isEmpty();
    assertThat(misfits(new OneLayer(), null, "text_encoder", module(QUERY, "bias", scope.ones(new Shape(6)))))
        .singleElement().asString().contains(QUERY + ".bias", "(6)", "(4)");
    assertThat(misfits(new OneLayer(), null, "text_encoder", module(QUERY, "weight", scope.ones(new Shape(6, 4)))))
        .singleElement().asString().contains(QUERY + ".weight", "(6, 4)", "(4, 6)");
  }

  @Test
  void wordsAreAsWideAsTheirTextEncoder() {
    String words = AdapterModel.EMBEDDINGS;
    assertThat(misfits(new OneLayer(), null, words, module("<a>", "text_encoder", scope.ones(new Shape(2, 6)))))
        .isEmpty();
    assertThat(misfits(new OneLayer(), null, words, module("<a>", "text_encoder", scope.ones(new Shape(2, 7)))))
        .singleElement().asString().contains("'<a>'", "width 7", "6 wide");
    assertThat(misfits(new OneLayer().withoutShapes(), null, words,
        module("<a>", "text_encoder", scope.ones(new Shape(2, 7))))).isEmpty();
    for (Shape odd : List.of(new Shape(6), new Shape(1, 2, 6), new Shape(0, 6), new Shape())) {
      assertThat(misfits(new OneLayer(), null, words, module("<a>", "text_encoder", scope.zeros(odd))))
          .as(odd.toString()).singleElement().asString().contains("'<a>'", "(vectors, width)");
    }
    assertThat(misfits(new OneLayer(), null, words,
        module("<a>", "text_encoder", scope.zeros(new Shape(1, 6), DataType.INT32)))).hasSize(1);
  }

  @Test
  void namesThatNoMethodKnowsAreNamed() {
    AdapterModule strange = module(QUERY, "strange", scope.ones(new Shape(2, 2)));
    for (LayerTable base : List.of(new OneLayer(), new OneLayer().withoutShapes())) {
      assertThat(misfits(base, null, "text_encoder", strange)).singleElement().asString()
          .contains("text_encoder." + QUERY, "strange", "no loaded method knows");
    }
    AdapterModule constant = new AdapterModule(QUERY, Map.of(), Map.of("alpha", 1.0));
    assertThat(misfits(new OneLayer(), null, "text_encoder", constant)).singleElement().asString().contains("alpha");
  }

  @Test
  void whatNoMethodCouldTakeIsRefusedBeforeAnyIsAsked() {
    assertThat(misfits(new OneLayer(), new WholeDifference(), "text_encoder",
        module(QUERY, "diff", scope.ones(new Shape(4, 6))))).isEmpty();
    assertThat(misfits(new OneLayer(), new WholeDifference(), "text_encoder",
        module(QUERY, "diff", scope.ones(new Shape(4, 6), DataType.INT32)))).singleElement().asString()
        .contains("diff", "int32", "floating-point");
    assertThat(misfits(new OneLayer(), new WholeDifference(), "text_encoder",
        module(QUERY, "diff", scope.zeros(new Shape(0, 6))))).singleElement().asString().contains("(0, 6)");
    AdapterModule infinite = new AdapterModule(QUERY, Map.of("diff", Ops.randomNormal(scope, new Shape(4, 6))),
        Map.of("alpha", 1e300));
    assertThat(misfits(new OneLayer(), new WholeDifference(), "text_encoder", infinite)).singleElement().asString()
        .contains("alpha is 1.0E300");
  }
}
