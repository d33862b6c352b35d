package dev.kasane.app.adapter;

import dev.kasane.app.base.ModelFamilies;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.inspect.AdapterContents;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.module.Module;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The layers that an adapter file is compared with.
 *
 * @param name how the user calls it
 * @param kind what kind of base it is, as far as that is known
 * @param components its parts, by the community's names; empty where only names of layers are known
 * @param layers the paths of its layers by component
 */
public record AdapterBase(
    String name, BaseKind kind, Map<String, Module> components, Map<String, Collection<String>> layers) {
  private static final String LIVE = "the base";

  /** A base with these parts. */
  private static AdapterBase of(String name, BaseParts parts) {
    Map<String, Collection<String>> layers = new LinkedHashMap<>();
    parts.components().forEach((component, root) -> layers.put(component, root.restorableLayers().keySet()));
    return new AdapterBase(name, parts.kind(), parts.components(), layers);
  }

  /** A base that is open. */
  public static AdapterBase live(BaseParts parts) {
    return of(LIVE, parts);
  }

  /** A published kind of base, without values. */
  public static AdapterBase of(BaseKind known) {
    return of(known.id(), new BaseParts(known, known.components()));
  }

  /**
   * The base of a word.
   *
   * @param word a published kind such as {@code sd1}, a checkpoint's file or folder, or a model's {@code config.json}:
   *     weights are not needed
   * @throws UserException when there is no such base, or it is none that Kasane knows
   */
  public static AdapterBase named(String word) {
    Optional<BaseKind> known = ModelFamilies.publishedKind(word);
    if (known.isPresent()) {
      return of(known.get());
    }
    Path path = Path.of(word);
    if (!Files.exists(path)) {
      throw new UserException("There is no base '" + word + "'. Name one of "
          + ModelFamilies.publishedKinds().stream().map(BaseKind::id).collect(Collectors.joining(", "))
          + ", demo, the file or folder of a checkpoint, or a model's config.json.");
    }
    return of(word, ModelFamilies.of(path).declare(path, QuantisedBase::read));
  }

  /**
   * The base that a file was made for, as far as the file tells.
   *
   * @return nothing when it does not
   */
  public static Optional<AdapterBase> guessed(AdapterContents file) {
    BaseKind guess = file.base();
    return guess == BaseKind.UNKNOWN ? Optional.empty()
        : Optional.of(guess.isDiverse() ? ofNames(guess, file) : of(guess));
  }

  /** A base of which nothing is known but the layers that the file itself names. */
  private static AdapterBase ofNames(BaseKind kind, AdapterContents file) {
    Set<String> paths = new TreeSet<>(file.layerNames());
    return new AdapterBase(kind.id(), kind, Map.of(), Map.of(WeightFolder.COMPONENT, paths));
  }

  /** Every path that has a weight, norms and embeddings too, for reading without restoring. */
  public Map<String, Collection<String>> places() {
    Map<String, Collection<String>> places = new LinkedHashMap<>(layers);
    components.forEach((component, root) -> {
      Set<String> paths = new LinkedHashSet<>(layers.get(component));
      root.weightPlaces().keySet().stream().filter(name -> name.lastIndexOf('.') > 0)
          .forEach(name -> paths.add(name.substring(0, name.lastIndexOf('.'))));
      places.put(component, paths);
    });
    return places;
  }
}
