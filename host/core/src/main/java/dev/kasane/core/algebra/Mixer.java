package dev.kasane.core.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one adapter of several. A layer that only some of them change is mixed of those alone, as in PEFT. Whole
 * weights are mixed as {@link MixWhole} says, by whatever method updates are.
 */
public final class Mixer {
  private final MixOptions options;
  private final DeltaSource deltas;
  private final AlgebraProgress steps;

  /**
   * @param options how
   * @param deltas where updates of other methods than LoRA come from
   * @param steps told after each layer
   */
  public Mixer(MixOptions options, DeltaSource deltas, AlgebraProgress steps) {
    this.options = options;
    this.deltas = deltas;
    this.steps = steps;
  }

  /**
   * A mix.
   *
   * @param model the adapter, a LoRA with the whole weights that its parts have
   * @param lost by component and path, the Frobenius norm of what was cut off to reach the rank
   */
  public record Mixed(AdapterModel model, Map<String, Double> lost) {}

  /**
   * Mixes.
   *
   * @param parts the adapters with their strengths, at least one
   * @param metadata of the result
   * @param scope owner of the result's tensors, float32
   * @return a LoRA whose layers have a scale of 1 where weights had to be folded in
   * @throws UserException when shapes, ranks or methods do not allow it; it names the files and the layer
   */
  public Mixed mix(List<MixPart> parts, Map<String, String> metadata, NDManager scope) {
    List<MixLayer> layers = MixLayer.of(parts);
    List<MixWhole> wholes = MixWhole.of(parts);
    if (layers.isEmpty() && wholes.isEmpty()) {
      throw new UserException("Nothing is left to mix: every adapter has strength 0 on every layer.");
    }
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    Map<String, Double> lost = new LinkedHashMap<>();
    try (GradMode off = GradMode.off()) {
      for (MixLayer layer : layers) {
        components.computeIfAbsent(layer.component(), name -> new ArrayList<>()).add(mix(layer, lost, scope));
        steps.done(lost.size(), layers.size());
      }
    }
    wholes(wholes, components, scope);
    words(parts, components, scope);
    return new Mixed(new AdapterModel(components, List.of(), metadata), lost);
  }

  private void wholes(List<MixWhole> wholes, Map<String, List<AdapterModule>> components, NDManager owner) {
    Map<String, AdapterModule> modules = new LinkedHashMap<>();
    try (GradMode off = GradMode.off()) {
      for (MixWhole whole : wholes) {
        try (NDManager scope = owner.newSubManager()) {
          NDArray values = whole.values(deltas.base(), scope);
          values.attach(owner);
          modules.computeIfAbsent(whole.module(), name -> {
            AdapterModule module = new AdapterModule(whole.path(), new LinkedHashMap<>(), Map.of());
            components.computeIfAbsent(whole.component(), part -> new ArrayList<>()).add(module);
            return module;
          }).tensors().put(whole.parameter(), values);
        }
      }
    }
  }

  /** Learned words come along unchanged; of two adapters that have the same one, the first counts. */
  private static void words(
      List<MixPart> parts, Map<String, List<AdapterModule>> components, NDManager scope) {
    Map<String, AdapterModule> words = new LinkedHashMap<>();
    parts.forEach(part -> part.model().components().getOrDefault(AdapterModel.EMBEDDINGS, List.of())
        .forEach(word -> words.putIfAbsent(word.path(), word)));
    if (!words.isEmpty()) {
      components.put(AdapterModel.EMBEDDINGS, words.values().stream().map(word -> word.ownedBy(scope)).toList());
    }
  }

  private AdapterModule mix(MixLayer layer, Map<String, Double> lost, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      Truncation made = new LayerMix(layer, options, deltas, scope).mix();
      lost.put(layer.name(), made.lost());
      AdapterModule mixed = made.update().toModule(layer.path(), layer.isTable());
      mixed.tensors().values().forEach(tensor -> tensor.attach(owner));
      return mixed;
    }
  }
}
