package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterRouter;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.injection.WholeWeights;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One base, one pass, and for each row the adapters that it names. */
class AdapterRoutingTest {
  private static final List<Set<String>> ROWS =
      List.of(Set.of("a"), Set.of(), Set.of("b"), Set.of("a", "b"), Set.of("a"));

  private final NDManager scope = Engines.newManager();
  private final GradMode off = GradMode.off();
  private CausalLm model;
  private Map<String, AdapterSet> sets;

  @BeforeEach
  void attach() {
    TorchBridge.seed(3);
    model = Goldens.model("qwen2", scope);
    sets = Map.of("a", fresh("q_proj", "down_proj", "lm_head"), "b", fresh("all-linear"));
    sets.values().forEach(AdapterSet::detach);
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  private AdapterSet fresh(String... targets) {
    return Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of(targets), List.of()),
        new MethodChoice(new RandomDelta(), Map.of()), scope);
  }

  @Test
  void everyRowScoresAsItDoesAlone() {
    TokenBatch batch = texts();
    NDArray together;
    try (AdapterRouter router = new AdapterRouter(sets, scope)) {
      router.route(ROWS);
      together = model.logits(batch, scope);
    }
    NDArray base = model.logits(batch, scope);
    for (int row = 0; row < ROWS.size(); row++) {
      ROWS.get(row).forEach(name -> sets.get(name).attach());
      NDArray alone = model.logits(batch, scope).get(row);
      ROWS.get(row).forEach(name -> sets.get(name).detach());
      assertThat(difference(together.get(row), alone)).as("row " + row).isLessThan(1e-5);
      if (!ROWS.get(row).isEmpty()) {
        assertThat(difference(alone, base.get(row))).as("effect in row " + row).isGreaterThan(1e-2);
      }
    }
  }

  @Test
  void generatedTextsAreThoseOfSingleRuns() {
    GenerationOptions options = GenerationOptions.greedy(10);
    int[] prompt = {4, 8, 15};
    List<Prompt> prompts = ROWS.stream().map(names -> new Prompt(prompt, names, options)).toList();
    List<Continuation> together;
    try (AdapterRouter router = new AdapterRouter(sets, scope)) {
      together = new Generator(model, new ByteTokenizer(), Set.of(), router)
          .generate(prompts, ContinuationListener.none(), scope);
    }
    for (int row = 0; row < ROWS.size(); row++) {
      ROWS.get(row).forEach(name -> sets.get(name).attach());
      assertThat(together.get(row).tokens()).isEqualTo(new Generator(model, new ByteTokenizer(), Set.of())
          .generate(List.of(Prompt.of(prompt, options)), ContinuationListener.none(), scope).get(0).tokens());
      ROWS.get(row).forEach(name -> sets.get(name).detach());
    }
    assertThat(together.stream().map(Continuation::text).distinct().count()).isEqualTo(4);
  }

  @Test
  void leavesTheSetsAsTheyWere() {
    sets.get("a").attach();
    try (AdapterRouter router = new AdapterRouter(sets, scope)) {
      assertThat(router.names()).containsExactlyInAnyOrder("a", "b");
      assertThat(sets.get("a").isAttached()).isFalse();
    }
    assertThat(sets.get("a").isAttached()).isTrue();
    assertThat(sets.get("b").isAttached()).isFalse();
  }

  @Test
  void refusesAnUnknownNameAndABatchThatWasNotRouted() {
    try (AdapterRouter router = new AdapterRouter(sets, scope)) {
      assertThatThrownBy(() -> router.route(List.of(Set.of("c")))).isInstanceOf(UserException.class)
          .hasMessageContaining("no adapter 'c'");
      router.route(List.of(Set.of("a"), Set.of()));
      assertThatThrownBy(() -> model.logits(texts(), scope)).isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("2 rows", "5");
    }
  }

  @Test
  void refusesWholeWeightsOfWhichAModelHasOne() {
    sets.get("a").attach();
    AdapterSet biases =
        WholeWeights.addTo(sets.get("a"), model, List.of(), WholeWeights.Biases.LORA_ONLY, scope);
    biases.detach();
    assertThatThrownBy(() -> new AdapterRouter(Map.of("own", biases), scope)).isInstanceOf(UserException.class)
        .hasMessageContainingAll("'own'", "q_proj", "every prompt");
  }

  private static TokenBatch texts() {
    return TokenBatch.of(List.of(new int[] {1, 2, 3, 4}, new int[] {9, 9}, new int[] {5, 6, 7, 8, 9},
        new int[] {3, 1, 4, 1}, new int[] {100, 90}), 0, TokenBatch.Padding.LEFT);
  }

  private static double difference(NDArray a, NDArray b) {
    return a.sub(b).abs().max().toFloatArray()[0] / b.abs().max().toFloatArray()[0];
  }
}
