package dev.kasane.core.training;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.Segment;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small network with dropout whose state has skip entries, a context and whole numbers. */
class SegmentedRunTest {
  private static final int WIDTH = 6;
  private static final long SEED = 99;
  private final NDManager scope = Engines.newManager();
  private List<NDArray> weights;

  @BeforeEach
  void draw() {
    TorchBridge.seed(1);
    weights = IntStream.range(0, 4).mapToObj(i -> random(WIDTH, WIDTH)).toList();
    weights.forEach(weight -> weight.setRequiresGradient(true));
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private NDArray random(long... shape) {
    NDArray numbers = Ops.randomNormal(scope, new Shape(shape)).mul(0.5);
    numbers.attach(scope);
    return numbers;
  }

  /** State: hidden, ids, context, skips. The first result is a skip as well as the next hidden value. */
  private List<Segment> network() {
    return List.of(
        state -> {
          NDArray hidden = layer(0, state.get(0));
          return new NDList(hidden, state.get(1), state.get(2), hidden);
        },
        state -> {
          NDArray hidden = layer(1, OPS.addScaled(OPS.silu(state.get(0)), state.get(2), 0.5));
          return new NDList(hidden, state.get(1), state.get(2), state.get(3), OPS.gelu(hidden));
        },
        state -> {
          NDArray rows = OPS.castLike(OPS.embedding(state.get(1), weights.get(3)), state.get(0));
          NDArray hidden = layer(2, state.get(0).mul(state.get(4)).add(rows));
          return new NDList(hidden, state.get(2), state.get(3));
        },
        state -> new NDList(state.get(0).add(state.get(1)).mul(state.get(2))));
  }

  private NDArray layer(int number, NDArray x) {
    return OPS.dropout(OPS.linear(x, weights.get(number)), 0.3);
  }

  private NDList state(DataType type) {
    TorchBridge.seed(2);
    NDArray context = OPS.cast(random(5, WIDTH), type);
    context.setRequiresGradient(true);
    return new NDList(OPS.cast(random(5, WIDTH), type), scope.create(new long[] {0, 3, 1, 1, 2}), context);
  }

  private NDArray outputGradient(DataType type) {
    TorchBridge.seed(3);
    return OPS.cast(random(5, WIDTH), type);
  }

  /** Output, gradients of the weights and of the context: one graph over the whole chain. */
  private List<float[]> plain(List<Segment> chain, NDList state, NDArray gradient) {
    try (GradMode on = GradMode.on()) {
      NDList current = state;
      for (int i = 0; i < chain.size(); i++) {
        TorchBridge.seed(SEED + i);
        current = chain.get(i).forward(current);
      }
      TorchBridge.backward(current.get(0), gradient);
      return collect(current.get(0), TorchBridge.gradient(state.get(2), scope).orElseThrow());
    }
  }

  private List<float[]> segmented(List<Segment> chain, NDList state, NDArray gradient, long seed) {
    try (SegmentedRun run = new SegmentedRun(chain, seed, scope)) {
      NDArray output = run.forward(state).get(0);
      run.backward(gradient);
      return collect(output, run.inputGradient(2).orElseThrow());
    }
  }

  private List<float[]> collect(NDArray output, NDArray contextGradient) {
    List<float[]> all = new ArrayList<>();
    all.add(floats(output));
    all.add(floats(contextGradient));
    for (NDArray weight : weights) {
      all.add(floats(weight.getGradient()));
      weight.getGradient().muli(0);
    }
    return all;
  }

  private static float[] floats(NDArray array) {
    return OPS.cast(array.stopGradient(), DataType.FLOAT32).toFloatArray();
  }

  @ParameterizedTest
  @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
  void gradientsAreThoseOfThePlainRunToTheBit(DataType type) {
    List<float[]> plain = plain(network(), state(type), outputGradient(type));
    List<float[]> segmented = segmented(network(), state(type), outputGradient(type), SEED);
    assertThat(segmented).hasSameSizeAs(plain);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(segmented.get(i)).as("value " + i).isEqualTo(plain.get(i))
          .isNotEqualTo(new float[plain.get(i).length]);
    }
  }

  @Test
  void otherMasksGiveOtherGradients() {
    List<float[]> plain = plain(network(), state(DataType.FLOAT32), outputGradient(DataType.FLOAT32));
    List<float[]> other = segmented(network(), state(DataType.FLOAT32), outputGradient(DataType.FLOAT32), 5);
    for (int i = 0; i < plain.size(); i++) {
      assertThat(other.get(i)).as("value " + i).isNotEqualTo(plain.get(i));
    }
  }

  /** What the repeated seed is for: a chain that draws on regardless is found out. */
  @Test
  void masksThatAreNotRepeatedAreNoticed() {
    int[] runs = {0};
    List<Segment> drifting = network().stream().<Segment>map(segment -> state -> {
      TorchBridge.seed(1000 + runs[0]++);
      return segment.forward(state);
    }).toList();
    List<float[]> plain = plain(drifting, state(DataType.FLOAT32), outputGradient(DataType.FLOAT32));
    runs[0] = 0;
    List<float[]> segmented =
        segmented(drifting, state(DataType.FLOAT32), outputGradient(DataType.FLOAT32), SEED);
    assertThat(segmented.get(0)).isEqualTo(plain.get(0));
    assertThat(segmented.get(2)).isNotEqualTo(plain.get(2));
  }

  @Test
  void passesAddUp() {
    NDArray gradient = outputGradient(DataType.FLOAT32);
    float[] once = segmented(network(), state(DataType.FLOAT32), gradient, SEED).get(2);
    float[] twice;
    try (SegmentedRun run = new SegmentedRun(network(), SEED, scope)) {
      run.forward(state(DataType.FLOAT32));
      run.backward(gradient);
    }
    twice = segmented(network(), state(DataType.FLOAT32), gradient, SEED).get(2);
    for (int i = 0; i < once.length; i++) {
      assertThat(twice[i]).isEqualTo(2 * once[i]);
    }
  }

  @Test
  void nothingOfASegmentOutlivesIt() {
    List<NDManager> inner = new ArrayList<>();
    List<Segment> watched = network().stream().<Segment>map(segment -> state -> {
      assertThat(inner).noneMatch(NDManager::isOpen);
      inner.add(state.get(0).getManager());
      return segment.forward(state);
    }).toList();
    NDList state = state(DataType.FLOAT32);
    segmented(watched, state, outputGradient(DataType.FLOAT32), SEED);
    assertThat(inner).hasSize(8).noneMatch(NDManager::isOpen);
    assertThat(floats(state.get(0))).as("the caller's own tensors stay open").hasSize(5 * WIDTH);
  }

  @Test
  void runsAgainOnlyWhatGradientsReach() {
    List<Integer> runs = new ArrayList<>();
    weights.subList(0, 2).forEach(weight -> weight.setRequiresGradient(false));
    List<Segment> network = network();
    List<Segment> watched = IntStream.range(0, 4).<Segment>mapToObj(i -> state -> {
      runs.add(i);
      return network.get(i).forward(state);
    }).toList();
    NDList state = state(DataType.FLOAT32);
    state.get(2).setRequiresGradient(false);
    try (SegmentedRun run = new SegmentedRun(watched, SEED, scope)) {
      run.forward(state);
      run.backward(outputGradient(DataType.FLOAT32));
      assertThat(run.inputGradient(2)).isEmpty();
    }
    assertThat(runs).containsExactly(0, 1, 2, 3, 3, 2);
    assertThat(TorchBridge.gradient(weights.get(2), scope)).isPresent();
    assertThat(TorchBridge.gradient(weights.get(0), scope)).isEmpty();
  }

  @Test
  void startsFromALossToo() {
    NDArray target = random(5, WIDTH);
    double plain;
    List<Segment> chain = network();
    try (GradMode on = GradMode.on()) {
      NDList current = state(DataType.FLOAT32);
      for (int i = 0; i < chain.size(); i++) {
        TorchBridge.seed(SEED + i);
        current = chain.get(i).forward(current);
      }
      NDArray loss = current.get(0).sub(target).square().mean();
      plain = loss.getFloat();
      TorchBridge.backward(loss, scope.create(0.25f));
    }
    float[] expected = floats(weights.get(0).getGradient());
    weights.forEach(weight -> weight.getGradient().muli(0));
    try (SegmentedRun run = new SegmentedRun(chain, SEED, scope)) {
      run.forward(state(DataType.FLOAT32));
      NDArray loss = run.backward(output -> output.sub(target).square().mean(), 0.25);
      assertThat((double) loss.getFloat()).isCloseTo(plain, within(1e-12));
    }
    assertThat(floats(weights.get(0).getGradient())).isEqualTo(expected);
  }

  @Test
  void ofALossThatIsNotFiniteTheGradientsNormIsNoNumber() {
    try (SegmentedRun run = new SegmentedRun(network(), SEED, scope)) {
      run.forward(state(DataType.FLOAT32));
      assertThat(run.backward(output -> OPS.scale(output.sum(), Double.POSITIVE_INFINITY), 1).getFloat())
          .isInfinite();
    }
    assertThat(OptimizerOps.OPTIMIZER.norm(weights.stream().map(NDArray::getGradient).toList())).isNaN();
  }

  @Test
  void goesEachWayOnce() {
    try (SegmentedRun run = new SegmentedRun(network(), SEED, scope)) {
      NDArray gradient = outputGradient(DataType.FLOAT32);
      assertThatThrownBy(() -> run.backward(gradient)).isInstanceOf(IllegalStateException.class);
      run.forward(state(DataType.FLOAT32));
      assertThatThrownBy(() -> run.forward(state(DataType.FLOAT32))).isInstanceOf(IllegalStateException.class);
      run.backward(gradient);
      assertThatThrownBy(() -> run.backward(gradient)).isInstanceOf(IllegalStateException.class);
    }
  }
}
