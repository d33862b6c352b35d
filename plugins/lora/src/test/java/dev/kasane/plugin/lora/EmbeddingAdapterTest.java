package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.Ops;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LoRA of embeddings beyond what {@link LanguageModelParityTest} compares with PEFT. */
class EmbeddingAdapterTest {
  private final NDManager scope = Engines.newManager();
  private final LoraMethod method = new LoraMethod();

  @AfterEach
  void close() {
    scope.close();
  }

  private Embedding table(long entries, long width) {
    Embedding table = new Embedding(entries, width);
    table.namedWeights().get("weight").set(new DenseWeight(Ops.randomNormal(scope, new Shape(entries, width))));
    return table;
  }

  private LayerAdapter restored(Embedding table) {
    Map<String, NDArray> saved = Map.of("lora_embedding_A", Layers.random(scope, 3, 11),
        "lora_embedding_B", Layers.random(scope, 6, 3));
    return method.restore(table, new AdapterModule("table", saved, Map.of("alpha", 5.0)), scope).orElseThrow();
  }

  @Test
  void whatItAddsIsTheRowsOfItsDelta() {
    Embedding table = table(11, 6);
    LayerAdapter adapter = restored(table);
    NDArray ids = scope.create(new long[] {3, 3, 10, 0}, new Shape(2, 2));
    NDArray delta = adapter.weightDelta(scope, 0.5);
    assertThat(delta.getShape()).isEqualTo(new Shape(11, 6));
    NDArray expected = table.forward(ids).add(OPS.embedding(ids, delta));
    table.attach(new Attachment(adapter, 0.5));
    assertThat(table.forward(ids).sub(expected).abs().max().getFloat()).isLessThan(1e-5f);
    assertThat(adapter.deltaNorm(scope)).isCloseTo(2 * delta.norm().getFloat(), offset(1e-3));
  }

  @Test
  void aFreshOneStartsAsInPeftAndChangesNothing() {
    Embedding table = table(11, 6);
    LayerAdapter adapter = method.prepare(Layers.options(Map.of("rank", "3"))).attach(table, scope);
    NDArray ids = scope.create(new long[] {1, 2});
    assertThat(adapter.forward(ids, 1, Phase.TRAINING).abs().max().getFloat()).isZero();
    assertThat(adapter.tensors().get("lora_embedding_A").getShape()).isEqualTo(new Shape(3, 11));
    assertThat(adapter.tensors().get("lora_embedding_B").getShape()).isEqualTo(new Shape(6, 3));
    assertThat(adapter.tensors().get("lora_embedding_B").stopGradient().norm().getFloat()).isBetween(1f, 9f);
    assertThat(method.supports(table)).isTrue();
    assertThat(method.supports(new GroupNorm(1, 4, 1e-5))).isFalse();
  }

  @Test
  void itAddsToATableOfHalfPrecision() {
    Embedding table = new Embedding(11, 6);
    NDArray rows = Ops.randomNormal(scope, new Shape(11, 6));
    table.namedWeights().get("weight").set(new DenseWeight(OPS.cast(rows, DataType.BFLOAT16)));
    LayerAdapter adapter = restored(table);
    NDArray ids = scope.create(new long[] {4, 5});
    NDArray expected = OPS.embedding(ids, rows.add(adapter.weightDelta(scope, 1)));
    table.attach(new Attachment(adapter, 1));
    NDArray found = table.forward(ids);
    assertThat(Ops.typeOf(found)).isEqualTo(DataType.BFLOAT16);
    assertThat(OPS.cast(found, DataType.FLOAT32).sub(expected).abs().max().getFloat())
        .isLessThan(0.02f * expected.abs().max().getFloat());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Embedding other = table(12, 6);
    assertThatThrownBy(() -> restored(other)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("lora_embedding_A", "(3, 11)", "(3, 12)");
    for (Map<String, String> given : List.of(Map.of("use-dora", "true"), Map.of("init", "pissa"))) {
      assertThatThrownBy(() -> method.prepare(Layers.options(given)).attach(other, scope))
          .isInstanceOf(UserException.class)
          .hasMessageContainingAll("is an embedding", "exclude it");
    }
  }
}
