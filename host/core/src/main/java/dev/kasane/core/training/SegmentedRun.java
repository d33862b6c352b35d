package dev.kasane.core.training;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.Segment;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.TorchScript;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One forward and backward pass over a chain of {@link Segment}s that keeps only the states between them
 * (gradient checkpointing; Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
 *
 * <p>Forward drops what a segment computed inside. Backward walks the chain from its end, runs each segment
 * again with gradients on and hands on the gradients of its inputs. The activations of one segment, and a
 * dequantised weight, so live while that segment runs and no longer.
 *
 * <p>Both runs of a segment start from the same random state, {@code seed} plus the segment's number, so
 * that they drop the same elements. A segment must not change its inputs in place.
 */
public final class SegmentedRun implements AutoCloseable {
  /** What a segment asks of autograd. */
  private interface Script {
    Script SEGMENTS = TorchScript.bind(Script.class, "segments.ts.py");

    /** Whether backward would take gradients through a tensor or to it. */
    boolean hasGraph(NDArray x);

    /** Adds the outputs' gradients to the leaves of their common graph and frees it. */
    void backward(List<NDArray> outputs, List<NDArray> gradients);
  }

  private final List<Segment> segments;
  private final long seed;
  private final NDManager scope;
  private final NDManager kept;
  // The state before each segment that backward has not passed yet, and the last state of all.
  private final List<List<Carried>> states = new ArrayList<>();
  private List<Carried> initial = List.of();

  /**
   * A pass whose random draws follow from one more draw of libtorch's generator, which the trainer seeds for every
   * batch.
   *
   * @param segments the chain
   * @param scope owner of the last state and of the gradients of the first one
   */
  public SegmentedRun(List<Segment> segments, NDManager scope) {
    this(segments, draw(scope), scope);
  }

  private static long draw(NDManager scope) {
    try (NDManager host = scope.newSubManager(Device.cpu())) {
      return Float.floatToIntBits(Ops.randomNormal(host, new Shape(1)).getFloat());
    }
  }

  /**
   * @param segments the chain
   * @param seed what all random draws of the pass follow from
   * @param scope owner of the last state and of the gradients of the first one
   */
  public SegmentedRun(List<Segment> segments, long seed, NDManager scope) {
    this.segments = List.copyOf(segments);
    this.seed = seed;
    this.scope = scope;
    this.kept = scope.newSubManager();
  }

  /**
   * Runs the chain.
   *
   * @param state what the first segment gets; entries that require gradients get them in backward
   * @return the last state, without a graph
   */
  public NDList forward(NDList state) {
    if (!states.isEmpty()) {
      throw new IllegalStateException("A segmented run goes forward once");
    }
    Map<NDArray, Carried> carried = new IdentityHashMap<>();
    initial = carry(state, carried, entry ->
        new Carried(Ops.alias(entry, kept), Script.SEGMENTS.hasGraph(entry)));
    states.add(initial);
    for (int index = 0; index < segments.size(); index++) {
      states.add(advance(index));
    }
    return new NDList(last().stream().map(entry -> Ops.alias(entry.tensor, scope)).toList());
  }

  private List<Carried> advance(int index) {
    List<Carried> state = last();
    boolean differentiable = state.stream().anyMatch(entry -> entry.differentiable);
    // Until something needs gradients they are recorded: that tells which results trained weights reach.
    try (NDManager inner = kept.newSubManager();
        GradMode mode = differentiable ? GradMode.off() : GradMode.on()) {
      Map<Carried, NDArray> leaves = leaves(state, inner);
      NDList outputs = run(index, state, leaves);
      Map<NDArray, Carried> carried = new IdentityHashMap<>();
      leaves.forEach((entry, leaf) -> carried.put(leaf, entry));
      return carry(outputs, carried, output -> new Carried(Ops.alias(output, kept), differentiable
          ? Ops.typeOf(output).isFloating() : Script.SEGMENTS.hasGraph(output)));
    }
  }

  private NDList run(int index, List<Carried> state, Map<Carried, NDArray> leaves) {
    TorchBridge.seed(seed + index);
    return segments.get(index).forward(new NDList(state.stream().map(leaves::get).toList()));
  }

  /**
   * Backward from one gradient: that of the first entry of the last state.
   *
   * @param gradient of the entry's shape
   */
  public void backward(NDArray gradient) {
    if (states.size() != segments.size() + 1) {
      throw new IllegalStateException("A segmented run goes backward once, after it went forward");
    }
    last().get(0).add(Ops.alias(gradient, kept));
    for (int index = segments.size() - 1; index >= 0; index--) {
      retreat(index);
    }
  }

  /**
   * Backward from a loss.
   *
   * @param loss takes the first entry of the last state to a scalar; runs with gradients on
   * @param weight factor for all gradients
   * @return the unweighted loss, a scalar in the scope that the run was made in
   */
  public NDArray backward(UnaryOperator<NDArray> loss, double weight) {
    NDArray gradient;
    NDArray value;
    try (NDManager inner = kept.newSubManager(); GradMode on = GradMode.on()) {
      NDArray leaf = Ops.alias(last().get(0).tensor, inner);
      leaf.setRequiresGradient(true);
      NDArray scalar = loss.apply(leaf);
      value = Ops.alias(scalar, scope);
      TorchBridge.backward(scalar, Objective.start(scalar, weight, inner));
      gradient = TorchBridge.gradient(leaf, kept)
          .orElseThrow(() -> new IllegalStateException("The loss does not depend on the prediction"));
    }
    backward(gradient);
    return value;
  }

  private void retreat(int index) {
    List<Carried> outputs = states.remove(index + 1);
    List<Carried> inputs = last();
    Map<Carried, Integer> made = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (!inputs.contains(outputs.get(i))) {
        made.putIfAbsent(outputs.get(i), i);
        outputs.get(i).closeTensor();
      }
    }
    made.keySet().removeIf(entry -> !entry.differentiable || entry.gradient == null);
    if (!made.isEmpty()) {
      repeat(index, inputs, made);
      made.keySet().forEach(Carried::closeGradient);
    }
  }

  /** Runs a segment again and takes the gradients of what it made to its inputs and its weights. */
  private void repeat(int index, List<Carried> inputs, Map<Carried, Integer> made) {
    try (NDManager inner = kept.newSubManager(); GradMode on = GradMode.on()) {
      Map<Carried, NDArray> leaves = leaves(inputs, inner);
      NDList outputs = run(index, inputs, leaves);
      List<NDArray> heads = made.values().stream().map(outputs::get).toList();
      List<NDArray> gradients = made.keySet().stream().map(entry -> entry.gradient).toList();
      Script.SEGMENTS.backward(heads, gradients);
      leaves.forEach((entry, leaf) -> TorchBridge.gradient(leaf, kept).ifPresent(entry::add));
    }
  }

  /**
   * The gradient of an entry of the first state, after backward.
   *
   * @param entry its place in the state
   * @return empty when the entry did not require gradients or nothing depended on it
   */
  public Optional<NDArray> inputGradient(int entry) {
    return Optional.ofNullable(initial.get(entry).gradient).map(gradient -> Ops.alias(gradient, scope));
  }

  private List<Carried> last() {
    return states.get(states.size() - 1);
  }

  private static List<Carried> carry(
      NDList state, Map<NDArray, Carried> known, Function<NDArray, Carried> fresh) {
    return state.stream().map(entry -> known.computeIfAbsent(entry, fresh)).toList();
  }

  private static Map<Carried, NDArray> leaves(List<Carried> state, NDManager owner) {
    Map<Carried, NDArray> leaves = new LinkedHashMap<>();
    state.forEach(entry -> leaves.computeIfAbsent(entry, each -> leaf(each, owner)));
    return leaves;
  }

  private static NDArray leaf(Carried entry, NDManager owner) {
    NDArray leaf = Ops.alias(entry.tensor, owner);
    if (entry.differentiable) {
      leaf.setRequiresGradient(true);
    }
    return leaf;
  }

  /** Frees what a pass still holds: all of it when backward was never called. */
  @Override
  public void close() {
    kept.close();
  }

  /** A tensor that travels between segments; passed through, it lies in several states. */
  private static final class Carried {
    private final NDArray tensor;
    private final boolean differentiable;
    private NDArray gradient;

    Carried(NDArray tensor, boolean differentiable) {
      this.tensor = tensor;
      this.differentiable = differentiable;
    }

    /** Not in place: libtorch may hand out gradients of two inputs that share their memory. */
    void add(NDArray more) {
      if (gradient == null) {
        gradient = more;
        return;
      }
      try (NDArray before = gradient; NDArray after = more) {
        gradient = before.add(after);
      }
    }

    void closeTensor() {
      tensor.close();
    }

    void closeGradient() {
      gradient.close();
      gradient = null;
    }
  }
}
