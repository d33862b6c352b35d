package dev.kasane.core.algebra;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.lowrank.ScaledPair;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a LoRA another rank, as sd-scripts' {@code resize_lora} does. The scale of each layer stays, so alpha follows
 * the rank. That script counts 1×1 convolutions among the convolutions, against what it says of the option; here they
 * go with the linear layers. Whole weights have no rank and come along as they are.
 */
public final class Resizer {
  private final String file;
  private final RankRule linear;
  private final RankRule convolution;
  private final AlgebraProgress steps;

  /**
   * @param file the adapter, for messages
   * @param linear rule for linear layers and 1×1 convolutions
   * @param convolution rule for larger kernels
   * @param steps told after each layer
   */
  public Resizer(String file, RankRule linear, RankRule convolution, AlgebraProgress steps) {
    this.file = file;
    this.linear = linear;
    this.convolution = convolution;
    this.steps = steps;
  }

  /**
   * A resized adapter.
   *
   * @param model LoRA in plain pairs, float32
   * @param layers for every layer, by component and path, what was kept
   */
  public record Resized(AdapterModel model, Map<String, Kept> layers) {}

  /**
   * What a layer lost.
   *
   * @param before rank before
   * @param after rank after
   * @param lost the Frobenius norm of what was cut off
   * @param whole the Frobenius norm before
   */
  public record Kept(int before, int after, double lost, double whole) {
    /** What was cut off as a share of the norm, 0 to 1. */
    public double share() {
      return whole == 0 ? 0 : lost / whole;
    }
  }

  /**
   * Resizes every layer.
   *
   * @param adapter a LoRA
   * @param metadata of the result
   * @param scope owner of the result's tensors
   * @throws UserException when a layer is of another method
   */
  public Resized resize(AdapterModel adapter, Map<String, String> metadata, NDManager scope) {
    int total = adapter.components().values().stream().mapToInt(List::size).sum();
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    Map<String, Kept> kept = new LinkedHashMap<>();
    try (GradMode off = GradMode.off()) {
      adapter.components().forEach((component, modules) -> {
        if (component.equals(AdapterModel.EMBEDDINGS)) {
          components.put(component, modules.stream().map(word -> word.ownedBy(scope)).toList());
          return;
        }
        List<AdapterModule> resized = components.computeIfAbsent(component, name -> new ArrayList<>());
        for (AdapterModule module : modules) {
          resized.add(ModuleRestorer.isWhole(module) ? module.ownedBy(scope) : resize(component, module, kept, scope));
          steps.done(kept.size(), total);
        }
      });
    }
    return new Resized(new AdapterModel(components, List.of(), metadata), kept);
  }

  private AdapterModule resize(String component, AdapterModule module, Map<String, Kept> kept, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      ScaledPair pair = ScaledPair.of(module, scope).orElseThrow(() -> new UserException(file + ": layer " + component
          + "." + module.path() + " is no plain LoRA (it has " + String.join(", ", module.tensors().keySet())
          + "), so it has no rank to change. «mix, method svd, rank N» makes a LoRA of it."));
      boolean kernel = pair.shape().dimension() > 2 && pair.shape().get(2) > 1;
      Truncation cut = Truncation.of(pair, kernel ? convolution : linear, scope);
      kept.put(component + "." + module.path(), new Kept(pair.rank(), cut.update().rank(),
          cut.lost(), cut.whole()));
      AdapterModule resized = cut.update().toModule(module.path(), ScaledPair.isTable(module));
      resized.tensors().values().forEach(tensor -> tensor.attach(owner));
      return resized;
    }
  }
}
