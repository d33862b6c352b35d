package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the results of adapter algebra by another way than they were made: ΔW of every layer of the result
 * beside the weighted sum of the adapters' own ΔW, both as dense matrices.
 */
public final class Verifier {
  /** Every entry of a product of stored factors is off by a few units of roundoff. */
  private static final double HALF_UNITS = 8;
  private static final double FLOAT_UNITS = 64;
  /** By how much the factors of an update may exceed it before their own rounding counts as an error. */
  private static final double MOST_CANCELLED = 256;

  private final DeltaSource deltas;

  /**
   * @param deltas where the updates come from
   */
  public Verifier(DeltaSource deltas) {
    this.deltas = deltas;
  }

  /** The relative error of ΔW that rounding its factors to a type explains. */
  public static double bound(ElementType precision) {
    return switch (precision) {
      case FLOAT32 -> FLOAT_UNITS * Math.scalb(1, -24);
      case FLOAT16 -> HALF_UNITS * Math.scalb(1, -11);
      case BFLOAT16 -> HALF_UNITS * Math.scalb(1, -8);
      default -> throw new IllegalArgumentException("No adapter is stored as " + precision);
    };
  }

  /**
   * The tensors as a file of this type will hold them.
   *
   * @param model the model, whose tensors stay where they are
   * @param precision the type
   * @param scope owner of the result's tensors
   */
  public static AdapterModel rounded(AdapterModel model, ElementType precision, NDManager scope) {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    try (GradMode off = GradMode.off()) {
      model.components().forEach((component, modules) -> components.put(component,
          modules.stream().map(module -> rounded(module, precision, scope)).toList()));
    }
    return new AdapterModel(components, model.unmatched(), model.metadata());
  }

  private static AdapterModule rounded(AdapterModule module, ElementType precision, NDManager scope) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    module.tensors().forEach((name, tensor) -> {
      DataType type = Ops.typeOf(tensor).isFloating() ? precision.dataType() : Ops.typeOf(tensor);
      // What has that type already stays where it is: it is the model's, which may live longer than the scope.
      NDArray stored = Ops.typeOf(tensor) == type ? Ops.alias(tensor, scope) : OPS.cast(tensor, type);
      stored.attach(scope);
      tensors.put(name, stored);
    });
    return new AdapterModule(module.path(), tensors, module.constants());
  }

  /**
   * By how much the distance of the result's ΔW from the weighted sum of its parts differs from what was cut
   * off, relative to the sum of the parts' norms: the largest over all layers.
   *
   * @param result what was made
   * @param lost the norm of what was cut off by component and path; nothing for a layer where it is missing
   * @param parts of what it was made
   * @param owner parent of the scopes for the work
   */
  public double distanceFromSum(AdapterModel result, Map<String, Double> lost, List<MixPart> parts,
      NDManager owner) {
    Map<String, AdapterModule> made = new HashMap<>();
    Map<String, NDArray> wholes = new HashMap<>();
    result.components().forEach((component, modules) -> modules.forEach(module -> {
      if (ModuleRestorer.isWhole(module)) {
        module.tensors().forEach((name, values) ->
            wholes.put(component + "." + module.path() + "." + name, values));
      } else {
        made.put(component + "." + module.path(), module);
      }
    }));
    result.components().getOrDefault(AdapterModel.EMBEDDINGS, List.of())
        .forEach(word -> made.remove(AdapterModel.EMBEDDINGS + "." + word.path()));
    double worst = 0;
    try (GradMode off = GradMode.off()) {
      for (MixLayer layer : MixLayer.of(parts)) {
        worst = worse(worst, distance(layer, made.remove(layer.name()),
            lost.getOrDefault(layer.name(), 0.0), owner));
      }
    }
    for (MixWhole whole : MixWhole.of(parts)) {
      worst = worse(worst, distance(whole, wholes.remove(whole.name()), owner));
    }
    return made.isEmpty() && wholes.isEmpty() ? worst : Double.POSITIVE_INFINITY;
  }

  /** W₀ + Σ weight·(W − W₀), summed as it is written, where the mix gathers W₀ first. */
  private double distance(MixWhole whole, NDArray made, NDManager owner) {
    if (made == null) {
      return Double.POSITIVE_INFINITY;
    }
    try (NDManager scope = owner.newSubManager(); GradMode off = GradMode.off()) {
      NDArray own = whole.rest() == 0 ? scope.zeros(made.getShape())
          : OPS.cast(whole.own(deltas.base(), scope).orElseThrow(), DataType.FLOAT32);
      NDArray sum = own;
      double size = ALGEBRA.norm(own);
      for (MixWhole.Term term : whole.terms()) {
        NDArray difference = OPS.cast(Ops.alias(term.values(), scope), DataType.FLOAT32).sub(own).mul(term.weight());
        size += ALGEBRA.norm(difference);
        sum = sum.add(difference);
      }
      double distance = ALGEBRA.distance(OPS.cast(Ops.alias(made, scope), DataType.FLOAT32), sum);
      return distance == 0 ? 0 : distance / size;
    }
  }

  private double distance(MixLayer layer, AdapterModule made, double lost, NDManager owner) {
    if (made == null) {
      return Double.POSITIVE_INFINITY;
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray found = deltas.delta(layer.component(), made, 1, scope);
      double size = 0;
      List<NDArray> terms = new ArrayList<>();
      for (MixLayer.Term term : layer.terms()) {
        NDArray update = deltas.delta(layer.component(), term.module(), 1, scope).reshape(found.getShape())
            .mul(term.weight());
        size += isExact(made) ? size(term, update) : ALGEBRA.norm(update);
        terms.add(update);
      }
      NDArray sum = terms.get(0);
      for (NDArray term : terms.subList(1, terms.size())) {
        sum = sum.add(term);
      }
      double distance = Math.abs(ALGEBRA.distance(found, sum) - lost);
      return distance == 0 ? 0 : distance / size;
    }
  }

  /**
   * What rounding of a term is relative to. The products of a LoRA that began as a part of the weight nearly cancel
   * while it has learnt little, and are rounded by their own size.
   */
  private static double size(MixLayer.Term term, NDArray update) {
    double norm = ALGEBRA.norm(update);
    double factors = sizeOfFactors(term.module()) * Math.abs(term.weight());
    return Math.max(norm, Math.min(factors, MOST_CANCELLED * norm));
  }

  /** scale · ‖B‖ · ‖A‖, which ‖ΔW‖ cannot exceed, for a module that has two such factors; 0 for others. */
  private static double sizeOfFactors(AdapterModule module) {
    NDArray down = module.tensors().get(LoraNames.DOWN);
    NDArray up = module.tensors().get(LoraNames.UP);
    if (down == null || up == null) {
      return 0;
    }
    long rank = Math.max(1, down.getShape().get(0));
    return Math.abs(module.alpha(rank)) / rank * ALGEBRA.norm(down) * ALGEBRA.norm(up);
  }

  /** In fewer bits what nearly cancels is lost, which is an error. */
  private static boolean isExact(AdapterModule module) {
    return module.tensors().values().stream().allMatch(tensor -> Ops.typeOf(tensor) == DataType.FLOAT32);
  }

  /** The larger of two, where a NaN is larger than everything. */
  public static double worse(double a, double b) {
    return Double.isNaN(a) || Double.isNaN(b) ? Double.NaN : Math.max(a, b);
  }
}
