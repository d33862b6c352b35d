package dev.kasane.core.algebra.merge;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixLayer;
import dev.kasane.core.algebra.MixWhole;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.lowrank.ScaledPair;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One stored tensor with updates added: computed in float32, rounded once to the stored type. Several layers
 * may share a tensor, as query, key and value do in fused attentions.
 */
final class WeightUpdate {
  private static final long PROBE_SEED = 20;
  /** Outputs that are compared at least: a norm of fewer random numbers is too often small. */
  private static final long LEAST_OUTPUTS = 64;
  private static final double FLOAT_BOUND = 1e-5;
  private static final double ROUNDINGS = 2;

  private final String tensor;
  private final List<Target> targets;
  private final DeltaSource deltas;
  private final double sign;
  private final boolean verify;

  /**
   * A layer in the tensor.
   *
   * @param component part of the base model
   * @param whole the whole weights that take the base's place, or null
   * @param terms what is added
   * @param transform where it lies
   * @param bias whether it is the layer's bias, not its weight
   */
  record Target(String component, MixWhole whole, List<MixLayer.Term> terms, TensorTransform transform,
      boolean bias) {}

  /**
   * How well it went.
   *
   * @param error relative distance of merged·x from base·x + Σ update·x for random x; 0 when not measured
   * @param bound what rounding to the type explains
   */
  record Accuracy(double error, double bound) {}

  WeightUpdate(String tensor, List<Target> targets, DeltaSource deltas, double sign, boolean verify) {
    this.tensor = tensor;
    this.targets = targets;
    this.deltas = deltas;
    this.sign = sign;
    this.verify = verify;
  }

  /**
   * Adds everything in place.
   *
   * @param stored the tensor as it is stored
   * @param buffer for its values, if it is not stored as float32
   * @param scope owner of what is needed on the way
   * @throws UserException when the stored type is none of those, or cannot hold the result
   */
  Accuracy apply(NDArray stored, MergeBuffers.Buffer buffer, NDManager scope) {
    DataType type = Ops.typeOf(stored);
    requireFloat(type);
    NDArray sum = buffer.floats(stored, scope);
    List<Probe> probes = new ArrayList<>();
    for (Target target : targets) {
      List<Update> updates = target.terms().stream().map(term -> update(target, term, scope)).toList();
      if (verify) {
        probes.add(new Probe(target, target.transform().apply(sum), updates, scope));
      }
      if (target.whole() != null) {
        replace(sum, target, scope);
      }
      for (Update update : updates) {
        update.addTo(sum, target.transform(), scope);
      }
    }
    if (stored != sum) {
      ALGEBRA.copy(sum, stored);
      ALGEBRA.copy(stored, sum);
    }
    requireFinite(sum, type);
    double error = probes.stream().mapToDouble(each -> each.error(sum)).reduce(0, Verifier::worse);
    return new Accuracy(error, bound(type));
  }

  /** W₀ becomes W₀ + Σ weight·(W − W₀). */
  private static void replace(NDArray sum, Target target, NDManager scope) {
    TensorTransform transform = target.transform();
    NDArray whole = target.whole().values(transform.apply(sum), scope);
    boolean transposed = transform instanceof TensorTransform.Transpose;
    NDArray place = transposed ? sum : transform.apply(sum);
    ALGEBRA.copy((transposed ? transform.apply(whole) : whole).reshape(place.getShape()), place);
  }

  private Update update(Target target, MixLayer.Term term, NDManager scope) {
    String component = target.component();
    double strength = sign * term.weight();
    if (target.bias()) {
      return new Update(null, 1,
          deltas.biasDelta(component, term.module(), strength, scope).orElseThrow());
    }
    return deltas.pair(component, term.module(), scope)
        .map(pair -> new Update(pair, pair.scale() * strength, null))
        .orElseGet(() -> new Update(null, 1, deltas.delta(component, term.module(), strength, scope)));
  }

  /** An update as a pair and its factor or, for other methods, as a dense tensor. */
  private record Update(ScaledPair pair, double factor, NDArray dense) {
    /** Every transform but one gives a view of the tensor; a transposed one is a copy. */
    void addTo(NDArray sum, TensorTransform transform, NDManager scope) {
      boolean transposed = transform instanceof TensorTransform.Transpose;
      if (pair == null || transposed) {
        NDArray whole = pair == null ? dense
            : pair.product(scope, factor);
        ALGEBRA.addTo(transposed ? sum : transform.apply(sum), transposed ? transform.apply(whole) : whole);
      } else {
        ALGEBRA.addProduct(transform.apply(sum), pair.up(), pair.down(), factor);
      }
    }

    /** The update's output for a few inputs, by the detour through the rank where there is one. */
    NDArray applied(NDArray x, NDManager scope) {
      return pair == null ? ALGEBRA.applied(scope, dense, x)
          : ALGEBRA.applied(scope, pair.up(), ALGEBRA.applied(scope, pair.down(), x)).mul(factor);
    }
  }

  private void requireFloat(DataType type) {
    if (type != DataType.FLOAT32 && type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
      throw new UserException("Tensor '" + tensor + "' is stored as " + type + "; updates can be added to"
          + " float32, float16 and bfloat16. Take an edition of the model in one of these; of a quantised one, the"
          + " original.");
    }
  }

  private void requireFinite(NDArray read, DataType type) {
    if (!ALGEBRA.isFinite(read)) {
      throw new UserException("Tensor '" + tensor + "' would hold values that " + type + " cannot: an adapter is"
          + " too strong, or one of the files holds values that are no finite numbers.");
    }
  }

  /** Rounding each entry once moves a product with random x by less than this. */
  private static double bound(DataType type) {
    return switch (type) {
      case FLOAT16 -> ROUNDINGS * Math.scalb(1, -11);
      case BFLOAT16 -> ROUNDINGS * Math.scalb(1, -8);
      default -> FLOAT_BOUND;
    };
  }

  /** The layer's output with the adapters attached, for random input, and the same with the merged weight. */
  private static final class Probe {
    private final Target target;
    private final NDManager scope;
    private final NDArray x;
    private final NDArray expected;

    /** Takes the layer's weight before anything is added. */
    Probe(Target target, NDArray base, List<Update> updates, NDManager scope) {
      this.target = target;
      this.scope = scope;
      Shape shape = base.getShape();
      this.x = random(shape.size() / shape.get(0), 1 + LEAST_OUTPUTS / shape.get(0), scope);
      NDArray sum = ALGEBRA.applied(scope, base, x);
      if (target.whole() != null) {
        sum = sum.mul(target.whole().rest());
        for (MixWhole.Term term : target.whole().terms()) {
          NDArray whole = OPS.cast(Ops.alias(term.values(), scope), DataType.FLOAT32);
          sum = sum.add(ALGEBRA.applied(scope, whole, x).mul(term.weight()));
        }
      }
      for (Update update : updates) {
        sum = sum.add(update.applied(x, scope));
      }
      this.expected = sum;
    }

    /** The same numbers whichever thread asks. */
    private static NDArray random(long inputs, long count, NDManager scope) {
      Random random = new Random(PROBE_SEED);
      float[] numbers = new float[Math.toIntExact(inputs * count)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) random.nextGaussian();
      }
      return scope.create(numbers, count == 1 ? new Shape(inputs) : new Shape(inputs, count));
    }

    double error(NDArray merged) {
      NDArray found = ALGEBRA.applied(scope, target.transform().apply(merged), x);
      double distance = ALGEBRA.distance(found, expected);
      return distance == 0 ? 0 : distance / ALGEBRA.norm(expected);
    }
  }
}
