package dev.kasane.core.algebra.merge;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.DeltaSource;
import dev.kasane.core.algebra.MixLayer;
import dev.kasane.core.algebra.MixPart;
import dev.kasane.core.algebra.MixWhole;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Adapters folded into the files of a checkpoint, or taken out again: W ± Σ weight·ΔW.
 *
 * <p>Where an adapter changes a layer's bias too, or a normalisation, so does the merge; a whole weight of an adapter
 * takes the place of the base's. A head that shares the embedding's weight gets one of its own when only one of the two
 * changes.
 *
 * <p>Tensors that no adapter changes are copied by the operating system; of the others one at a time is in
 * memory. Each keeps its type. Taking an update out again gives the weights back to within rounding: in
 * float32 some 1e-7 of them, in float16 and bfloat16 never to the bit, for what the merge rounded off is gone.
 */
public final class CheckpointMerge {
  private final CheckpointLayers base;
  private final MergeOptions options;
  private final DeltaSource deltas;
  private final MergePlan plan;
  private final int layers;

  /**
   * Plans a merge.
   *
   * @param base the checkpoint
   * @param parts the adapters with their strengths
   * @param methods the methods to restore other modules than LoRA with
   * @param options how
   * @throws UserException when a layer is not in the checkpoint, or a whole weight would have to be taken out of it; it
   *     names the files
   */
  public CheckpointMerge(CheckpointLayers base, List<MixPart> parts, List<? extends AdapterMethod> methods,
      MergeOptions options) {
    this.base = base;
    this.options = options;
    this.deltas = new DeltaSource(methods, options.subtract() ? new WithoutWeights(base) : base);
    this.plan = new MergePlan(base);
    List<MixLayer> changed = MixLayer.of(parts);
    List<MixWhole> wholes = MixWhole.of(parts);
    if (changed.isEmpty() && wholes.isEmpty()) {
      throw new UserException("Nothing is left to merge: every adapter has strength 0 on every layer.");
    }
    requireLayers(changed, wholes);
    if (options.subtract()) {
      requireNone(wholes, changed);
    }
    Map<String, MixWhole> replacing = options.subtract() ? Map.of() : replacing(wholes, changed);
    changed.forEach(layer -> add(layer.component(), layer.path(), layer.terms(), replacing));
    Set<String> added = changed.stream().map(MixLayer::name).collect(Collectors.toCollection(HashSet::new));
    replacing.values().stream().filter(whole -> added.add(whole.module()))
        .forEach(whole -> add(whole.component(), whole.path(), List.of(), replacing));
    plan.completeVocabulary();
    this.layers = added.size();
  }

  private void requireLayers(List<MixLayer> changed, List<MixWhole> wholes) {
    Map<String, String> missing = new LinkedHashMap<>();
    changed.stream().filter(layer -> base.place(layer.component(), layer.path()).isEmpty())
        .forEach(layer -> missing.put(layer.name(), layer.terms().get(0).file()));
    wholes.stream().filter(whole -> !whole.isBias() && base.place(whole.component(), whole.path()).isEmpty())
        .forEach(whole -> missing.put(whole.module(), whole.terms().get(0).file()));
    if (!missing.isEmpty()) {
      throw new UserException(String.join(", ", new TreeSet<>(missing.values())) + ": " + missing.size()
          + " layers are not in " + base.name() + ", such as " + missing.keySet().iterator().next()
          + ". The adapter was made for another base model.");
    }
  }

  /** The whole weights by name, without those that only repeat the base's. */
  private Map<String, MixWhole> replacing(List<MixWhole> wholes, List<MixLayer> changed) {
    Map<String, MixWhole> replacing = new LinkedHashMap<>();
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      wholes.stream().filter(whole -> !whole.isOwn(base, scope)).forEach(each -> replacing.put(each.name(), each));
    }
    Set<String> updated = changed.stream().map(MixLayer::name).collect(Collectors.toSet());
    base.vocabulary().filter(each -> each.tied().isPresent()).ifPresent(vocabulary ->
        List.copyOf(replacing.values()).stream()
            .filter(each -> !each.isBias() && vocabulary.has(each.path()) && updated.contains(each.module()))
            // Beside an update it is the base's own weight that PEFT saved, which is that of both.
            .map(each -> each.at(vocabulary.other(each.path())))
            .forEach(each -> replacing.putIfAbsent(each.name(), each)));
    return replacing;
  }

  /** Beside an update a whole weight is what PEFT saved of the base: the merge left it there. */
  private void requireNone(List<MixWhole> wholes, List<MixLayer> changed) {
    Set<String> updated = changed.stream().map(MixLayer::name).collect(Collectors.toSet());
    wholes.stream().filter(each -> each.isBias() || !updated.contains(each.module())).findFirst().ifPresent(whole -> {
      throw new UserException(whole.files() + " brings a whole " + whole.path() + "." + whole.parameter()
          + " that took the place of the base's own, which " + base.name() + " no longer holds. Keep the base model and"
          + " use that.");
    });
  }

  private void add(String component, String path, List<MixLayer.Term> terms, Map<String, MixWhole> wholes) {
    MixWhole weight = wholes.get(component + "." + path + ".weight");
    MixWhole bias = wholes.get(component + "." + path + ".bias");
    if (weight != null || !terms.isEmpty()) {
      plan.addWeight(component, path, weight, terms);
    }
    List<MixLayer.Term> shifting = terms.stream().filter(term -> shifts(component, term)).toList();
    if (bias != null || !shifting.isEmpty()) {
      plan.addBias(component, path, bias, shifting);
    }
  }

  private boolean shifts(String component, MixLayer.Term term) {
    try (NDManager scope = Engines.newManager()) {
      return deltas.biasDelta(component, term.module(), 1, scope).isPresent();
    }
  }

  /** The files of the checkpoint that change. */
  public Set<Path> files() {
    return plan.files().keySet();
  }

  /** What the model's configuration and index say otherwise after the merge. */
  public ModelDescription description() {
    return ModelDescription.of(plan.unties(), base, plan.added());
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
  public Result write(Map<Path, Path> targets, Map<String, String> metadata, AlgebraProgress steps) {
    int total = plan.files().values().stream().mapToInt(Map::size).sum();
    MergeTally tally = new MergeTally(total, options.subtract(), options.verify(), steps);
    try (GradMode off = GradMode.off()) {
      plan.files().forEach((file, tensors) -> {
        Map<String, TensorChange> changes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> changes.put(name, new TensorChange(tensor.stored(), tensor.form(),
            new WeightUpdate(name, tensor.targets(), deltas, options.subtract() ? -1 : 1, options.verify()))));
        new FileMerge(file, changes, metadata, tally).write(targets.get(file));
      });
    }
    return new Result(layers, tally.unchanged(), tally.verification());
  }
}
