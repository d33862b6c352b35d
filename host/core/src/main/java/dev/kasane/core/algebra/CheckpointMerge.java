package dev.kasane.core.algebra;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Adapters folded into the files of a checkpoint, or taken out again: W ± Σ weight·ΔW.
 *
 * <p>Where an adapter changes a layer's bias too, or a normalisation, so does the merge.
 *
 * <p>Tensors that no adapter changes are copied by the operating system; of the others one at a time is in
 * memory. Each keeps its type. Taking an update out again gives the weights back to within rounding: in
 * float32 some 1e-7 of them, in float16 and bfloat16 never to the bit, for what the merge rounded off is gone.
 */
public final class CheckpointMerge {
  private final CheckpointLayers base;
  private final MergeOptions options;
  private final DeltaSource deltas;
  private final Map<Path, Map<String, List<WeightUpdate.Target>>> plan = new LinkedHashMap<>();
  private final int layers;

  /**
   * Plans a merge.
   *
   * @param base the checkpoint
   * @param parts the adapters with their strengths
   * @param methods the methods to restore other modules than LoRA with
   * @param options how
   * @throws UserException when a layer is not in the checkpoint, or its weight is another layer's too; it names the
   *     files
   */
  public CheckpointMerge(CheckpointLayers base, List<MixPart> parts, List<? extends AdapterMethod> methods,
      MergeOptions options) {
    this.base = base;
    this.options = options;
    this.deltas = new DeltaSource(methods, options.subtract() ? new WithoutWeights(base) : base);
    List<MixLayer> changed = MixLayer.of(parts);
    if (changed.isEmpty()) {
      throw new UserException("Nothing is left to merge: every adapter has strength 0 on every layer.");
    }
    requireLayers(changed);
    changed.forEach(this::requireOwnWeight);
    changed.forEach(this::add);
    this.layers = changed.size();
  }

  private void requireLayers(List<MixLayer> changed) {
    List<MixLayer> missing = changed.stream()
        .filter(layer -> base.place(layer.component(), layer.path()).isEmpty()).toList();
    if (!missing.isEmpty()) {
      Set<String> files = new TreeSet<>();
      missing.forEach(layer -> layer.terms().forEach(term -> files.add(term.file())));
      throw new UserException(String.join(", ", files) + ": " + missing.size() + " of " + changed.size()
          + " layers are not in " + base.name() + ", such as " + missing.get(0).name()
          + ". The adapter was made for another base model.");
    }
  }

  private void requireOwnWeight(MixLayer layer) {
    base.sharedWith(layer.path()).ifPresent(other -> {
      throw new UserException(layer.terms().get(0).file() + " changes layer " + layer.name() + ", whose weight is that"
          + " of " + other + " too in " + base.name() + " (tied embeddings). Folded in, the change would reach both;"
          + " the adapter was trained for the one. Use it unmerged, or train without this layer.");
    });
  }

  private void add(MixLayer layer) {
    plan(base.place(layer.component(), layer.path()).orElseThrow(), layer, false);
    List<MixLayer.Term> shifting = layer.terms().stream().filter(term -> shifts(layer.component(), term)).toList();
    if (!shifting.isEmpty()) {
      WeightPlace bias = base.bias(layer.component(), layer.path()).orElseThrow(() -> new UserException(
          shifting.get(0).file() + " changes the bias of layer " + layer.name() + ", but the layer has none in "
              + base.name() + ". The adapter was made for another base model."));
      plan(bias, new MixLayer(layer.component(), layer.path(), shifting), true);
    }
  }

  private boolean shifts(String component, MixLayer.Term term) {
    try (NDManager scope = Engines.newManager()) {
      return deltas.biasDelta(component, term.module(), 1, scope).isPresent();
    }
  }

  private void plan(WeightPlace place, MixLayer layer, boolean bias) {
    plan.computeIfAbsent(place.file(), file -> new LinkedHashMap<>())
        .computeIfAbsent(place.tensor(), tensor -> new ArrayList<>())
        .add(new WeightUpdate.Target(layer, place.transform(), bias));
  }

  /** The files of the checkpoint that change. */
  public Set<Path> files() {
    return plan.keySet();
  }

  /**
   * What became of it.
   *
   * @param layers how many layers the adapters changed
   * @param unchanged tensors in which every update was rounded away
   * @param verification of the merged weights beside the attached adapters
   */
  public record Result(int layers, List<String> unchanged, Verification verification) {}

  /**
   * Writes the changed files.
   *
   * @param targets where each of {@link #files()} goes; a pickled checkpoint becomes a safetensors file
   * @param metadata added to the metadata that the files have
   * @param steps told after each tensor
   * @throws UserException when a file cannot be read or written, a value leaves the range of its type, or the
   *     result is off by more than its type explains, in which case that file is not written
   */
  public Result write(Map<Path, Path> targets, Map<String, String> metadata, Steps steps) {
    int total = plan.values().stream().mapToInt(Map::size).sum();
    MergeTally tally = new MergeTally(total, options.subtract(), options.verify(), steps);
    try (GradMode off = GradMode.off()) {
      plan.forEach((file, tensors) -> {
        Map<String, WeightUpdate> updates = new LinkedHashMap<>();
        tensors.forEach((tensor, places) -> updates.put(tensor,
            new WeightUpdate(tensor, places, deltas, options.subtract() ? -1 : 1, options.verify())));
        new FileMerge(file, updates, metadata, tally).write(targets.get(file));
      });
    }
    return new Result(layers, tally.unchanged(), tally.verification());
  }
}
