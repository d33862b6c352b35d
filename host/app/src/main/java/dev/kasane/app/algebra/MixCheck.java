package dev.kasane.app.algebra;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixMethod;
import dev.kasane.core.algebra.MixOptions;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.Mixer;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.algebra.Verifier;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The self-test of a mix, on the tensors as they will be stored.
 *
 * @param options how was mixed
 * @param deltas where updates come from
 * @param precision the stored type
 * @param scope parent of the scopes for the work
 */
public record MixCheck(MixOptions options, DeltaSource deltas, ElementType precision, NDManager scope) {
  /**
   * Measures what the method promises: of cat and svd the weighted sum, of methods on factors that an adapter
   * alone at weight 1 stays what it is. Sparse methods on whole updates promise nothing that could be measured.
   *
   * @param stored the mix, rounded
   * @param lost what was cut off
   * @param parts of what it was made
   */
  public Verification of(AdapterModel stored, Map<String, Double> lost, List<MixPart> parts) {
    MixMethod method = options.method();
    double bound = Verifier.bound(precision);
    if (method == MixMethod.CAT || method == MixMethod.SVD && options.clamp() == 1) {
      String claim = method == MixMethod.CAT ? "update equals the weighted sum"
          : "update differs from the weighted sum by what was cut off";
      return Verification.of(claim, new Verifier(deltas).distanceFromSum(stored, lost, parts, scope), bound);
    }
    return method.isDense() ? new Verification(List.of())
        : Verification.of("one adapter at weight 1 stays what it is", identity(parts.get(0)), bound);
  }

  private double identity(MixPart first) {
    MixPart alone = new MixPart(first.name(), first.model(), 1, BlockWeights.none());
    MixOptions whole = new MixOptions(options.method(), Optional.empty(), 1, options.frequency(), 1, 0);
    try (NDManager own = scope.newSubManager()) {
      AdapterModel mixed = new Mixer(whole, deltas, AlgebraProgress.SILENT).mix(List.of(alone), Map.of(), own).model();
      AdapterModel rounded = Verifier.rounded(mixed, precision, own);
      return new Verifier(deltas).distanceFromSum(rounded, Map.of(), List.of(alone), own);
    }
  }
}
