package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.ScaledPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Mixes one layer; everything belongs to its scope. */
final class LayerMix {
  private final MixLayer layer;
  private final MixOptions options;
  private final DeltaSource deltas;
  private final NDManager scope;

  LayerMix(MixLayer layer, MixOptions options, DeltaSource deltas, NDManager scope) {
    this.layer = layer;
    this.options = options;
    this.deltas = deltas;
    this.scope = scope;
  }

  Truncation mix() {
    if (options.method() == MixMethod.CAT) {
      return Truncation.none(concatenated(pairs()));
    }
    return options.method().isDense() ? cut() : Truncation.none(byFactors(pairs()));
  }

  private List<ScaledPair> pairs() {
    List<ScaledPair> pairs = new ArrayList<>();
    for (MixLayer.Term term : layer.terms()) {
      ScaledPair pair = ScaledPair.of(term.module(), scope).orElseThrow(() -> new UserException(term.file()
          + ": layer " + layer.name() + " is no plain LoRA (it has "
          + String.join(", ", term.module().parameters()) + "), whose factors '" + options.method()
          + "' could mix. Use a method that mixes the updates themselves, such as svd, with «rank»."));
      pairs.add(pair);
      requireShape(pairs.get(0).shape(), pair.shape(), term);
    }
    return pairs;
  }

  private void requireShape(Shape first, Shape other, MixLayer.Term term) {
    if (!LayerShapes.haveSameNumbers(first, other)) {
      throw new UserException("Layer " + layer.name() + " has shape " + first + " in "
          + layer.terms().get(0).file() + " and " + other + " in " + term.file()
          + ". The adapters were made for different base models and cannot be mixed.");
    }
  }

  /**
   * [down₁ f₁; down₂ f₂] and [up₁, up₂] with f = weight · scale. One factor for all stays outside as the
   * scale, so that the tensors are the adapters' own.
   */
  private ScaledPair concatenated(List<ScaledPair> pairs) {
    double common = factor(pairs, 0);
    boolean alike = common > 0;
    for (int i = 1; i < pairs.size(); i++) {
      alike &= factor(pairs, i) == common;
    }
    List<NDArray> downs = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      NDArray down = pairs.get(i).down();
      downs.add(alike ? down : ALGEBRA.scaled(scope, down, factor(pairs, i)));
    }
    NDArray up = ALGEBRA.joined(scope, pairs.stream().map(ScaledPair::up).toList(), 1);
    return new ScaledPair(ALGEBRA.joined(scope, downs, 0), up, alike ? common : 1, pairs.get(0).shape());
  }

  private double factor(List<ScaledPair> pairs, int index) {
    return layer.terms().get(index).weight() * pairs.get(index).scale();
  }

  /** Each factor is weighted by √|f|, and down takes the sign, as in PEFT. */
  private ScaledPair byFactors(List<ScaledPair> pairs) {
    double[] downWeights = new double[pairs.size()];
    double[] upWeights = new double[pairs.size()];
    for (int i = 0; i < pairs.size(); i++) {
      requireRank(pairs, i);
      double factor = factor(pairs, i);
      upWeights[i] = Math.sqrt(Math.abs(factor));
      downWeights[i] = Math.copySign(upWeights[i], factor);
    }
    TaskArithmetic arithmetic = arithmetic();
    List<NDArray> factors = arithmetic.sparse(Stream.concat(
        pairs.stream().map(ScaledPair::down), pairs.stream().map(ScaledPair::up)).toList());
    NDArray down = arithmetic.merge(factors.subList(0, pairs.size()), downWeights);
    NDArray up = arithmetic.merge(factors.subList(pairs.size(), factors.size()), upWeights);
    return new ScaledPair(down, up, 1, pairs.get(0).shape());
  }

  private void requireLowRankForm(MixLayer.Term term, Shape shape) {
    boolean norm = shape.dimension() < 2;
    if (norm || deltas.biasDelta(layer.component(), term.module(), 1, scope).isPresent()) {
      throw new UserException(term.file() + " changes " + (norm ? "the normalisation " : "the bias of layer ")
          + layer.name() + ", for which LoRA has no form, so a mix would lose it. Merge the adapters into the base"
          + " model with «merge», or leave such layers out with «block weight '" + layer.path() + "=0'».");
    }
  }

  private void requireRank(List<ScaledPair> pairs, int index) {
    if (pairs.get(index).rank() != pairs.get(0).rank()) {
      throw new UserException("Layer " + layer.name() + " has rank " + pairs.get(0).rank() + " in "
          + layer.terms().get(0).file() + " and " + pairs.get(index).rank() + " in "
          + layer.terms().get(index).file() + "; '" + options.method() + "' mixes factors of one rank. Use cat"
          + " or svd, or resize one of them first.");
    }
  }

  private Truncation cut() {
    List<Optional<ScaledPair>> plain =
        layer.terms().stream().map(term -> ScaledPair.of(term.module(), scope)).toList();
    RankRule rule = options.rank().orElseGet(() -> RankRule.fixed(largestRank(plain)));
    boolean allPlain = plain.stream().allMatch(Optional::isPresent);
    if (options.method() == MixMethod.SVD && allPlain && options.clamp() == 1) {
      // The decomposition of a concatenation is that of the sum, and never makes the sum.
      return Truncation.of(concatenated(pairs()), rule, scope);
    }
    return Truncation.of(dense(), rule, options.clamp(), scope);
  }

  private int largestRank(List<Optional<ScaledPair>> plain) {
    return plain.stream().map(pair -> pair.map(ScaledPair::rank).orElse(null)).filter(Objects::nonNull)
        .mapToInt(Integer::intValue).max().orElseThrow(() -> new UserException("Layer " + layer.name() + " of "
            + layer.terms().get(0).file() + " has no rank of its own; say which with «rank»."));
  }

  private NDArray dense() {
    List<NDArray> updates = new ArrayList<>();
    double[] weights = new double[layer.terms().size()];
    for (int i = 0; i < weights.length; i++) {
      MixLayer.Term term = layer.terms().get(i);
      NDArray update = deltas.delta(layer.component(), term.module(), 1, scope);
      requireLowRankForm(term, update.getShape());
      Shape first = updates.isEmpty() ? update.getShape() : updates.get(0).getShape();
      requireShape(first, update.getShape(), term);
      updates.add(update.reshape(first));
      weights[i] = term.weight();
    }
    TaskArithmetic arithmetic = arithmetic();
    return arithmetic.merge(arithmetic.sparse(updates), weights);
  }

  private TaskArithmetic arithmetic() {
    return new TaskArithmetic(options, options.seed() * 31 + layer.name().hashCode(), scope);
  }
}
