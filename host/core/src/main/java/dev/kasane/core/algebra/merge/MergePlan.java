package dev.kasane.core.algebra.merge;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.MixLayer;
import dev.kasane.core.algebra.MixWhole;
import dev.kasane.core.algebra.Vocabulary;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.algebra.WeightPlace;
import dev.kasane.core.checkpoint.TensorTransform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which tensors of which files of a checkpoint a merge computes, and of what.
 *
 * <p>An output head that scores by the embedding's rows has no tensor. When a change reaches one of the two alone, the
 * head gets one of its own, made of the embedding's.
 */
final class MergePlan {
  private final CheckpointLayers base;
  private final Map<Path, Map<String, Tensor>> files = new LinkedHashMap<>();

  /** A tensor to compute: of which stored one, in which form, with which layers in it. */
  record Tensor(String stored, TensorTransform form, List<WeightUpdate.Target> targets) {}

  MergePlan(CheckpointLayers base) {
    this.base = base;
  }

  /** By file and the tensor's name there, the old or a new one. */
  Map<Path, Map<String, Tensor>> files() {
    return files;
  }

  /** Adds a layer's weight. */
  void addWeight(String component, String path, MixWhole whole, List<MixLayer.Term> terms) {
    WeightPlace place = base.place(component, path).orElseThrow();
    add(tensor(component, path, place), place, component, whole, terms, false);
  }

  /**
   * Adds a layer's bias.
   *
   * @throws UserException when it has none
   */
  void addBias(String component, String path, MixWhole whole, List<MixLayer.Term> terms) {
    WeightPlace bias = base.bias(component, path).orElseThrow(() -> new UserException(
        (whole == null ? terms.get(0).file() : whole.files()) + " changes the bias of layer " + component + "." + path
            + ", but the layer has none in " + base.name() + ". The adapter was made for another base model."));
    add(bias.tensor(), bias, component, whole, terms, true);
  }

  private String tensor(String component, String path, WeightPlace place) {
    return base.isTied(component, path) ? base.vocabulary().flatMap(Vocabulary::tied).orElseThrow() : place.tensor();
  }

  private void add(String name, WeightPlace place, String component, MixWhole whole, List<MixLayer.Term> terms,
      boolean bias) {
    boolean resized = place.transform() instanceof TensorTransform.Rows;
    TensorTransform form = resized ? place.transform() : new TensorTransform.Identity();
    TensorTransform inside = resized ? new TensorTransform.Identity() : place.transform();
    Tensor tensor = files.computeIfAbsent(place.file(), file -> new LinkedHashMap<>())
        .computeIfAbsent(name, each -> new Tensor(place.tensor(), form, new ArrayList<>()));
    if (whole != null || !terms.isEmpty()) {
      tensor.targets().add(new WeightUpdate.Target(component, whole, terms, inside, bias));
    }
  }

  /**
   * Completes the tables of tokens, when everything else was added: one of another size is written whether it changes
   * or not, and a tied head beside a changed embedding keeps the rows that it had. Two that become the same stay tied.
   */
  void completeVocabulary() {
    base.vocabulary().ifPresent(vocabulary -> {
      requireOwnName(vocabulary);
      if (vocabulary.tied().isEmpty()) {
        addResized(vocabulary.head());
      } else if (becomeSame(vocabulary)) {
        tensors(vocabulary.head()).remove(vocabulary.tied().get());
      } else if (change(vocabulary.tokens()).isPresent()) {
        addTable(vocabulary.head());
      }
      addResized(vocabulary.tokens());
    });
  }

  private void requireOwnName(Vocabulary vocabulary) {
    String tensor = place(vocabulary.tokens()).tensor();
    if (vocabulary.tied().filter(tensor::equals).isPresent() && change(vocabulary.tokens()).isPresent()) {
      throw new UserException(base.name() + " stores its embedding, which is its head too, under the head's name "
          + tensor + " alone, so that the two cannot be told apart in its files. Open and save the model with"
          + " transformers first, which stores " + vocabulary.tokens() + ".weight.");
    }
  }

  /** Whether a head that was tied gets a tensor of its own. */
  boolean unties() {
    return base.vocabulary().filter(each -> each.tied().isPresent() && change(each.head()).isPresent()).isPresent();
  }

  /** The tensors that no file had, each with its file. */
  Map<String, Path> added() {
    return unties() ? base.vocabulary().map(each -> Map.of(each.tied().orElseThrow(), place(each.head()).file()))
        .orElseThrow() : Map.of();
  }

  private static boolean replacesAlike(Tensor one, Tensor other) {
    return Stream.of(one, other).allMatch(each -> each.targets().size() == 1 && each.targets().get(0).terms().isEmpty())
        && one.targets().get(0).whole().makesSame(other.targets().get(0).whole());
  }

  private boolean becomeSame(Vocabulary vocabulary) {
    return change(vocabulary.tokens()).flatMap(tokens -> change(vocabulary.head())
        .filter(head -> replacesAlike(tokens, head))).isPresent();
  }

  private WeightPlace place(String path) {
    return base.place(WeightFolder.COMPONENT, path).orElseThrow();
  }

  private Map<String, Tensor> tensors(String path) {
    return files.getOrDefault(place(path).file(), Map.of());
  }

  private Optional<Tensor> change(String path) {
    return Optional.ofNullable(tensors(path).get(tensor(WeightFolder.COMPONENT, path, place(path))));
  }

  private void addResized(String path) {
    if (place(path).transform() instanceof TensorTransform.Rows) {
      addTable(path);
    }
  }

  /** Adds a table of tokens as it is, unless it is there. */
  private void addTable(String path) {
    add(tensor(WeightFolder.COMPONENT, path, place(path)), place(path), WeightFolder.COMPONENT, null, List.of(), false);
  }
}
