package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.plugin.peft.PeftFiles.Part;
import java.util.Map;
import java.util.Optional;

/** Insists that a layer's tensors are those that the configuration beside them speaks of. */
final class LayerCheck {
  private static final String DIFFERENT = ". Configuration and tensors belong to different adapters";

  private final Part part;
  private final PeftConfig config;
  private final LayerRules rules;

  LayerCheck(Part part, PeftConfig config, LayerRules rules) {
    this.part = part;
    this.config = config;
    this.rules = rules;
  }

  /**
   * Looks at one layer.
   *
   * @param path its path in the base
   * @param stored its path as the file has it
   * @param tensors its parameters by their neutral names
   * @throws FileFault that names the file and the layer, what was found and what was expected
   */
  void require(String path, String stored, Map<String, NDArray> tensors) {
    requireKind(stored, tensors);
    requireRank(stored, tensors);
    if (config.start() == AdapterStart.OLORA && (config.flag("fan_in_fan_out") || ConfigDraft.isTransposed(path))) {
      throw fault("init_lora_weights is olora, and layer " + stored + " is kept as (in, out): there PEFT takes another"
          + " start than on linear layers, and one that fits square weights alone. Save the adapter in PEFT with"
          + " path_initial_model_for_weight_conversion");
    }
  }

  private FileFault fault(String text) {
    return new FileFault(part.config(), text);
  }

  private void requireKind(String stored, Map<String, NDArray> tensors) {
    requireFlag("use_dora", stored, "lora_magnitude_vector", tensors.containsKey(LoraNames.MAGNITUDE));
    requireFlag("lora_bias", stored, "lora_B.bias", tensors.containsKey(LoraNames.UP_BIAS));
    Optional<PeftType> kind = PeftType.ofParameters(tensors.keySet());
    if (kind.isEmpty() || kind.get() != config.type()) {
      throw new FileFault(part.weights(), "layer " + stored + " has the parameters " + tensors.keySet()
          + ", which are no complete set for an adapter of the kind " + config.type()
          + ". The file is damaged or was cut apart");
    }
  }

  private void requireFlag(String flag, String stored, String parameter, boolean found) {
    if (config.type() == PeftType.LORA && found != config.flag(flag)) {
      throw fault(flag + " is " + config.flag(flag) + ", but layer " + stored + " has " + (found ? "a " : "no ")
          + parameter + DIFFERENT);
    }
  }

  private void requireRank(String stored, Map<String, NDArray> tensors) {
    Optional<NDArray> ranked = config.type().rankTensors().stream()
        .map(tensors::get).filter(tensor -> tensor != null && tensor.getShape().dimension() > 1).findFirst();
    int rank = rules.rank(stored);
    if (ranked.isPresent() && ranked.get().getShape().get(0) != rank) {
      throw fault("rank " + rank + " for layer " + stored + ", but its tensors have rank "
          + ranked.get().getShape().get(0) + DIFFERENT);
    } else if (ranked.isEmpty()) {
      requireWholeFactors(stored, tensors, rank);
    }
  }

  /** Two whole Kronecker factors have no rank, and everybody but PEFT leaves them unscaled. */
  private void requireWholeFactors(String stored, Map<String, NDArray> tensors, int rank) {
    if (config.type() != PeftType.LOKR) {
      Map.Entry<String, NDArray> flat = tensors.entrySet().iterator().next();
      throw new FileFault(part.weights(), "layer " + stored + " has " + flat.getKey() + " of shape "
          + flat.getValue().getShape() + ", which is no matrix. " + AdapterFile.SHARD_ADVICE);
    }
    double alpha = rules.neutralAlpha(stored);
    if (alpha != rank) {
      throw fault("layer " + stored + " has two whole Kronecker factors that PEFT scales by alpha/r = " + alpha + "/"
          + rank + ", while other tools use them as they are; only alpha = r has one meaning");
    }
  }
}
