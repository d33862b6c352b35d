package dev.kasane.text.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.Goldens;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family against transformers on the same weights and tokens, float32. */
class DecoderParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final int FIRST = 20;
  private static final int GREEDY = 64;

  private NDManager scope;
  private GradMode off;

  @BeforeEach
  void open() {
    scope = Engines.newManager();
    off = GradMode.off();
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void scoresPaddedTexts(String name) {
    CausalLm model = Goldens.model(name, scope);
    for (String side : new String[] {"", "right."}) {
      TokenBatch batch = Goldens.batch(name, side + "ids", side + "mask", scope);
      NDArray expected = Goldens.expected(name, side + "logits", scope);
      assertClose(model.logits(batch, scope), expected, batch);
      assertClose(cached(model, batch, 4), expected, batch);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void scoresTextsBeyondTheTrainingWindow(String name) {
    CausalLm model = Goldens.model(name, scope);
    TokenBatch batch = Goldens.batch(name, "long.ids", null, scope);
    assertClose(model.logits(batch, scope), Goldens.expected(name, "long.logits", scope), batch);
  }

  /** First a piece, then token by token, as the reference did: dynamic scaling depends on it. */
  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void scoresTheSameWithACache(String name) {
    CausalLm model = Goldens.model(name, scope);
    TokenBatch batch = Goldens.batch(name, "long.ids", null, scope);
    try (KeyValueCache cache = model.newCache(1, batch.length(), scope)) {
      NDList parts = new NDList(read(model, batch.columns(0, FIRST), cache, FIRST));
      parts.add(read(model, batch.columns(FIRST, batch.length()), cache, 1));
      NDArray logits = parts.get(0).concat(parts.get(1), 1);
      assertClose(logits, Goldens.expected(name, "step.logits", scope), batch);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.kasane.text.Goldens#decoders")
  void continuesGreedily(String name) {
    CausalLm model = Goldens.model(name, scope);
    TokenBatch next = Goldens.batch(name, "greedy.prompt", null, scope);
    long[] tokens = new long[GREEDY];
    try (KeyValueCache cache = model.newCache(1, next.length() + GREEDY, scope)) {
      for (int i = 0; i < GREEDY; i++) {
        tokens[i] = model.lastLogits(next, cache, scope).flatten().argMax().getLong();
        next = new TokenBatch(1, 1, new long[] {tokens[i]}, null);
      }
    }
    assertThat(tokens).isEqualTo(Goldens.longs(Goldens.expected(name, "greedy.tokens", scope)));
  }

  private NDArray cached(CausalLm model, TokenBatch batch, int chunk) {
    try (KeyValueCache cache = model.newCache(batch.rows(), batch.length(), scope)) {
      return read(model, batch, cache, chunk);
    }
  }

  private NDArray read(CausalLm model, TokenBatch batch, KeyValueCache cache, int chunk) {
    NDList parts = new NDList();
    for (int from = 0; from < batch.length(); from += Math.min(chunk, cache.chunk())) {
      int to = Math.min(batch.length(), from + Math.min(chunk, cache.chunk()));
      parts.add(model.logits(batch.columns(from, to), cache, scope));
    }
    return parts.stream().reduce((a, b) -> a.concat(b, 1)).orElseThrow();
  }

  private static void assertClose(NDArray logits, NDArray expected, TokenBatch batch) {
    assertThat(Arrays.stream(batch.ids()).max().orElseThrow()).isPositive();
    assertThat(Goldens.relativeError(Goldens.thinned(logits), expected, batch)).isLessThan(TOLERANCE);
  }
}
