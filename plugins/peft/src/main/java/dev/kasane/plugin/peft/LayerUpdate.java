package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModule;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One layer's update as PEFT can hold it.
 *
 * @param module the neutral form
 * @param type its kind
 * @param rank its rank, or 0 where both factors are whole
 * @param alpha what over the rank is the scale
 */
record LayerUpdate(AdapterModule module, PeftType type, int rank, double alpha) {
  private static final int UNRANKED = 0;
  private static final Set<String> CONSTANTS = Stream.concat(AdapterModule.FACTORS.stream(),
      Stream.of(AdapterModule.PISSA, AdapterModule.OLORA, AdapterModule.TURNS_LENGTHS)).collect(Collectors.toUnmodifiableSet());

  /**
   * Takes a layer of the neutral form.
   *
   * @throws UserException when PEFT has nothing that means the same
   */
  static LayerUpdate of(AdapterModule module) {
    Set<String> names = module.tensors().keySet();
    PeftType type = PeftType.ofParameters(names).orElseThrow(() -> refused(module, "has the parameters "
        + names + (names.contains(LoraNames.MID) ? " (Tucker form)" : "")
        + ", for which PEFT has no form that means the same"));
    if (!CONSTANTS.containsAll(module.constants().keySet())) {
      throw refused(module, "has the constants " + module.constants().keySet() + ", which PEFT does not have");
    }
    Optional<NDArray> ranked = type.rankTensors().stream().map(module.tensors()::get)
        .filter(tensor -> tensor != null && tensor.getShape().dimension() > 1).findFirst();
    if (ranked.isEmpty() && !Set.of(AdapterModule.ALPHA).containsAll(module.constants().keySet())) {
      throw refused(module, "has a factor of its own beside whole matrices, for which PEFT has no place");
    }
    int rank = ranked.map(tensor -> Math.toIntExact(tensor.getShape().get(0))).orElse(UNRANKED);
    double alpha = ranked.isEmpty() ? UNRANKED : module.alpha(rank);
    LayerUpdate update = new LayerUpdate(module, type, rank, alpha);
    update.requireMagnitudePerOutput();
    return update;
  }

  private static UserException refused(AdapterModule module, String why) {
    return new UserException("Layer " + module.path() + " " + why + ". Write another format, or turn the"
        + " adapter into a plain LoRA first.");
  }

  private void requireMagnitudePerOutput() {
    NDArray magnitude = module.tensors().get(LoraNames.MAGNITUDE);
    if (magnitude != null) {
      long outputs = module.tensors().get(LoraNames.UP).getShape().get(0);
      if (magnitude.getShape().get(0) != outputs || magnitude.getShape().size() != outputs) {
        throw refused(module, "has magnitudes of shape " + magnitude.getShape() + ", one for each input;"
            + " PEFT's are one for each of the " + outputs + " outputs");
      }
    }
  }

  /** Whether rules give this layer its rank and its scale. */
  boolean isScaledBy(LayerRules rules) {
    return rank == UNRANKED
        ? rules.neutralAlpha(path()) == rules.rank(path())
        : rules.rank(path()) == rank && rules.neutralAlpha(path()) == alpha;
  }

  String path() {
    return module.path();
  }

  AdapterStart start() {
    return AdapterStart.ofConstants(module.constants().keySet());
  }

  boolean hasBias() {
    return module.tensors().containsKey(LoraNames.UP_BIAS);
  }

  boolean hasMagnitude() {
    return module.tensors().containsKey(LoraNames.MAGNITUDE);
  }
}
