package dev.kasane.text.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DropoutRates;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model's own dropouts: where transformers has them, on in training alone. Values from make_dropouts.py. */
class BaseDropoutTest {
  private static final double PERCENT = 0.01;

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in = BaseDropoutTest.class.getResourceAsStream("dropouts.json")) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false);
    }
  }

  private static CausalLm model(JsonNode each, NDManager scope) {
    TextCheckpoint folder = TextCheckpoint.open(Goldens.FOLDER.resolve(each.path("model").asText()));
    ObjectNode config = folder.json().deepCopy();
    config.setAll((ObjectNode) each.path("rates"));
    CausalLm model = new CausalLm(Families.read(config, "config.json"), ElementType.FLOAT32.dataType());
    folder.load(model, ElementType.FLOAT32, scope);
    return model;
  }

  private static TextBatch batch(JsonNode each) {
    List<List<EncodedExample>> rows = new ArrayList<>();
    for (JsonNode row : each.path("ids")) {
      int[] ids = StreamSupport.stream(row.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
      boolean[] supervised = new boolean[ids.length];
      Arrays.fill(supervised, true);
      rows.add(List.of(new EncodedExample(ids, supervised, false, true)));
    }
    return RowLayout.of(rows, 0, 1);
  }

  private double loss(CausalLm model, JsonNode each, long seed) {
    try (GradMode off = GradMode.off()) {
      Engines.seed(seed);
      return new LanguageObjective(model, false).loss(batch(each), scope).getFloat();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aSeedLeavesOutWhatItLeavesOutInTransformers(JsonNode each) {
    CausalLm model = model(each, scope);
    long seed = each.path("seed").asLong();
    model.training(true);
    assertThat(loss(model, each, seed)).isCloseTo(each.path("train").asDouble(), withinPercentage(PERCENT));
    assertThat(loss(model, each, seed + 1)).isNotCloseTo(each.path("train").asDouble(), withinPercentage(PERCENT));
    model.training(false);
    assertThat(loss(model, each, seed)).isCloseTo(each.path("eval").asDouble(), withinPercentage(PERCENT));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theyAreOnInBackwardAlone(JsonNode each) {
    CausalLm model = model(each, scope);
    AdapterSet set = Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of("attn"), List.of()),
        new MethodChoice(new RandomDelta(), Map.of()), scope);
    double whole = loss(model, each, 1);
    for (boolean checkpointing : new boolean[] {false, true}) {
      LanguageObjective objective = new LanguageObjective(model, checkpointing);
      double thinned = backward(objective, each, 3);
      assertThat(thinned).isEqualTo(backward(objective, each, 3)).isNotEqualTo(backward(objective, each, 4))
          .isNotCloseTo(whole, withinPercentage(PERCENT));
      assertThat(loss(model, each, 3)).isEqualTo(whole);
      assertThat(objective.evaluate(List.of(batch(each)), scope)).isEqualTo(whole);
    }
    model.dropouts(DropoutRates.NONE);
    assertThat(backward(new LanguageObjective(model, false), each, 3)).isCloseTo(whole, withinPercentage(1e-4));
    assertThat(set.layers()).isNotEmpty();
  }

  private double backward(LanguageObjective objective, JsonNode each, long seed) {
    Engines.seed(seed);
    return OPS.cast(objective.backward(batch(each), scope, 1), DataType.FLOAT64).getDouble();
  }

  @Test
  void aRateThatIsNoneIsRefused() {
    ObjectNode config = TextCheckpoint.open(Goldens.FOLDER.resolve("gpt2")).json().deepCopy();
    config.put("resid_pdrop", 1);
    assertThatThrownBy(() -> Families.read(config, "config.json")).isInstanceOf(UserException.class)
        .hasMessageContainingAll("config.json", "resid_pdrop is 1", "0 to below 1");
  }
}
