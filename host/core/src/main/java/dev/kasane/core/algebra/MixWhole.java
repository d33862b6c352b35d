package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What all parts of a mix have for one weight that they bring whole, as PEFT's {@code modules_to_save} and trained
 * biases are. Such a weight W is an update like others, W − W₀ for the base's W₀; so the parts together make
 * W₀ + Σ weight·(W − W₀), the same that they make on a live model.
 *
 * @param component part of the base model
 * @param path the module that the weight belongs to
 * @param parameter its name there: {@code weight}, {@code bias}
 * @param terms one for each adapter that brings it at a strength other than 0, in their order
 */
public record MixWhole(String component, String path, String parameter, List<Term> terms) {
  private static final String BIAS = "bias";
  /** Strengths such as 0.7 and 0.3 are meant to be one together. */
  private static final double ROUNDING = 1e-12;

  /** An adapter's weight with its strength. */
  public record Term(String file, NDArray values, double weight) {}

  /** The whole weights of all parts, in the order in which they first appear. */
  public static List<MixWhole> of(List<MixPart> parts) {
    Map<String, MixWhole> all = new LinkedHashMap<>();
    parts.forEach(part -> part.model().components().forEach((component, modules) -> modules.stream()
        .filter(module -> !component.equals(AdapterModel.EMBEDDINGS) && ModuleRestorer.isWhole(module))
        .filter(module -> part.weight(component, module.path()) != 0)
        .forEach(module -> module.tensors().forEach((parameter, values) -> all
            .computeIfAbsent(component + "." + module.path() + "." + parameter,
                name -> new MixWhole(component, module.path(), parameter, new ArrayList<>()))
            .terms().add(new Term(part.name(), values, part.weight(component, module.path())))))));
    return List.copyOf(all.values());
  }

  /** Component and path. */
  public String module() {
    return component + "." + path;
  }

  /** Component, path and parameter. */
  public String name() {
    return module() + "." + parameter;
  }

  public boolean isBias() {
    return parameter.equals(BIAS);
  }

  /** The same for another module. */
  public MixWhole at(String other) {
    return new MixWhole(component, other, parameter, terms);
  }

  /** How much of the base's own weight is left beside the parts' weights; it may be negative. */
  public double rest() {
    double rest = 1 - terms.stream().mapToDouble(Term::weight).sum();
    return Math.abs(rest) < ROUNDING ? 0 : rest;
  }

  /** Whether another one, of a module with the same weight in the base, comes out the same. */
  public boolean makesSame(MixWhole other) {
    return terms.size() == other.terms.size() && IntStream.range(0, terms.size()).allMatch(i ->
        terms.get(i).weight() == other.terms.get(i).weight()
            && isSame(terms.get(i).values(), other.terms.get(i).values()));
  }

  /** Whether all of it is the base's own weight, which PEFT saves beside updates of embeddings. */
  public boolean isOwn(LayerTable base, NDManager scope) {
    return own(base, scope).filter(own -> terms.stream().allMatch(term -> isSame(own, term.values()))).isPresent();
  }

  private static boolean isSame(NDArray one, NDArray other) {
    try (NDManager scope = one.getManager().newSubManager()) {
      return one.getShape().equals(other.getShape()) && ALGEBRA.equal(
          OPS.cast(Ops.alias(one, scope), DataType.FLOAT32), OPS.cast(Ops.alias(other, scope), DataType.FLOAT32));
    }
  }

  /** The base's own weight, where the base is at hand and has one. */
  public Optional<NDArray> own(LayerTable base, NDManager scope) {
    return isBias() ? base.bias(component, path, scope) : base.weight(component, path, scope);
  }

  /**
   * W₀ + Σ weight·(W − W₀), float32. One weight at strength 1 comes out as it is.
   *
   * @throws UserException when the base's weight counts and is not at hand, or the weights have different shapes
   */
  public NDArray values(LayerTable base, NDManager scope) {
    return values(rest() == 0 ? null : requireOwn(base, scope), scope);
  }

  /**
   * The same beside a base's weight that is at hand.
   *
   * @param own the base's weight, which is not looked at where {@link #rest} is 0
   */
  public NDArray values(NDArray own, NDManager scope) {
    Shape shape = terms.get(0).values().getShape();
    NDArray sum = rest() == 0 ? null : scaled(fitting(own, shape, "the base"), rest(), scope);
    for (Term term : terms) {
      NDArray part = scaled(fitting(term.values(), shape, term.file()), term.weight(), scope);
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  private static NDArray scaled(NDArray values, double weight, NDManager scope) {
    NDArray own = Ops.alias(values, scope);
    NDArray floats = OPS.cast(own, DataType.FLOAT32);
    return weight == 1 ? floats : ALGEBRA.scaled(scope, floats, weight);
  }

  private NDArray requireOwn(LayerTable base, NDManager scope) {
    return own(base, scope).orElseThrow(() -> new UserException(files() + (terms.size() == 1 ? " brings" : " bring")
        + " a whole " + path + "." + parameter + " of " + (terms.size() == 1 ? "its" : "their") + " own, at strengths"
        + " whose sum is " + (1 - rest()) + ": what that makes depends on the base's own. " + base.whyNoWeight()
        + " Strengths with a sum of 1 need none."));
  }

  private NDArray fitting(NDArray values, Shape shape, String where) {
    if (!values.getShape().equals(shape)) {
      throw new UserException("The whole weight " + name() + " has shape " + shape + " in " + terms.get(0).file()
          + " and " + values.getShape() + " in " + where + ". They were made for different models, or models with"
          + " vocabularies of different sizes, and cannot be mixed.");
    }
    return values;
  }

  /** The adapters that bring it, for messages. */
  public String files() {
    return terms.stream().map(Term::file).distinct().collect(Collectors.joining(" and "));
  }
}
