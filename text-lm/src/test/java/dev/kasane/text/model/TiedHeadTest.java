package dev.kasane.text.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.Merger;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Weight;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.checkpoint.TextWeights;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A head that scores by the embedding's rows takes adapters without touching the embedding. */
class TiedHeadTest {
  private static final String HEAD = "lm_head.weight";
  private static final String TABLE = "model.embed_tokens.weight";

  @Test
  void mergingGivesTheHeadAWeightOfItsOwnAndTakingItBackTiesItAgain() {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      CausalLm model = Goldens.model("qwen2", scope);
      TokenBatch batch = Goldens.batch("qwen2", "ids", "mask", scope);
      NDArray base = model.logits(batch, scope);
      NDArray table = model.namedWeights().get(TABLE).dense(scope).duplicate();
      AdapterSet set = Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of("lm_head"), List.of()),
          new MethodChoice(new RandomDelta(), Map.of()), scope);
      NDArray live = model.logits(batch, scope);

      try (Merger merged = Merger.merge(List.of(set), scope)) {
        assertThat(model.logits(batch, scope).sub(live).abs().max().toFloatArray()[0]).isLessThan(1e-4f);
        assertThat(live.sub(base).abs().max().toFloatArray()[0]).isGreaterThan(0.1f);
        assertThat(model.namedWeights().get(TABLE).dense(scope)).isEqualTo(table);
        assertThat(TextWeights.ofModel(model).names()).contains(HEAD, TABLE);
      }

      assertThat(TextWeights.ofModel(model).names()).contains(TABLE).doesNotContain(HEAD);
      set.detach();
      assertThat(model.logits(batch, scope)).isEqualTo(base);
    }
  }

  @Test
  void aWholeEmbeddingLeavesTheHeadAloneAndTheOtherWayAround() {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      CausalLm model = Goldens.model("qwen2", scope);
      Weight head = model.weightPlaces().get(HEAD);
      Weight table = model.weightPlaces().get(TABLE);
      NDArray own = table.dense(scope);
      DenseWeight ones = new DenseWeight(scope.ones(own.getShape()));
      assertThat(head.isTiedTo(table)).isTrue();

      table.cover(ones, 1);
      assertThat(head.dense(scope)).isEqualTo(own);
      table.uncover(ones);
      head.cover(ones, 1);
      assertThat(head.dense(scope)).isEqualTo(ones.array());
      assertThat(table.dense(scope)).isEqualTo(own);
      head.uncover(ones);
      assertThat(head.dense(scope)).isEqualTo(own);
    }
  }
}
