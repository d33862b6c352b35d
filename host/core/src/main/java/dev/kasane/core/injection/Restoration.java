package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Restores the modules of one file and keeps account of each. */
final class Restoration {
  private final Map<String, Map<String, AdaptableLayer>> targets = new LinkedHashMap<>();
  private final Map<String, Map<String, Weight>> places = new LinkedHashMap<>();
  private final List<WholeWeight> wholes = new ArrayList<>();
  private final ModuleRestorer restorer;
  private final double multiplier;
  private final NDManager scope;
  private final List<AdaptedLayer> adapted = new ArrayList<>();
  private final List<InjectionReport.Match> matched = new ArrayList<>();
  private final List<InjectionReport.Misfit> misshapen = new ArrayList<>();
  private final List<UnmatchedKey> unmatched = new ArrayList<>();
  private final Set<String> words = new LinkedHashSet<>();

  Restoration(Map<String, Module> roots, List<? extends AdapterMethod> methods, double multiplier,
      NDManager scope) {
    roots.forEach((component, root) -> {
      targets.put(component, root.restorableLayers());
      places.put(component, root.weightPlaces());
    });
    this.restorer = new ModuleRestorer(methods);
    this.multiplier = multiplier;
    this.scope = scope;
  }

  void add(String component, List<AdapterModule> modules) {
    if (component.equals(AdapterModel.EMBEDDINGS) && !targets.containsKey(component)) {
      modules.forEach(word -> words.add(word.path()));
      modules.forEach(word -> unmatched.add(new UnmatchedKey(word.path(),
          "is a learned word (textual inversion) for prompts, not an adapter of a layer")));
      return;
    }
    Map<String, AdaptableLayer> layers = targets.getOrDefault(component, Map.of());
    Set<String> wholePaths = paths(modules, true);
    Set<String> updated = paths(modules, false);
    for (AdapterModule module : modules) {
      AdaptableLayer layer = layers.get(module.path());
      if (ModuleRestorer.isWhole(module)) {
        replace(component, module, updated.contains(module.path()) ? wholePaths : null);
      } else if (layer == null) {
        reject(component, module, "the base model has no such layer");
      } else {
        restore(component, layer, module);
      }
    }
  }

  private static Set<String> paths(List<AdapterModule> modules, boolean whole) {
    return modules.stream().filter(module -> ModuleRestorer.isWhole(module) == whole).map(AdapterModule::path)
        .collect(Collectors.toSet());
  }

  /**
   * @param others where the module has an update as well, the paths of all whole ones: then it is the base's own weight
   *     that PEFT saved, which a tied layer has too unless the file says otherwise; else null
   */
  private void replace(String component, AdapterModule module, Set<String> others) {
    module.tensors().forEach((parameter, stored) -> {
      String path = module.path() + "." + parameter;
      Weight place = places.getOrDefault(component, Map.of()).get(path);
      if (place == null) {
        unmatched.add(new UnmatchedKey(component + "." + path, "the base model has no such weight"));
      } else if (!place.shape().equals(stored.getShape())) {
        misshapen.add(new InjectionReport.Misfit(component, module.path(), "Weight " + path + " has shape "
            + stored.getShape() + ", but this base needs " + place.shape()
            + ". The adapter was made for another base model."));
      } else if (others != null && repeats(place, stored)) {
        matched.add(new InjectionReport.Match(component, module.path(), "the base's own " + parameter, Map.of()));
      } else {
        try (GradMode off = GradMode.off()) {
          NDArray values = WholeWeights.copy(stored, scope);
          wholes.add(WholeWeights.of(component, path, place, values));
          if (others != null) {
            coverTied(component, place, values, others);
          }
        }
        matched.add(new InjectionReport.Match(component, module.path(), "whole " + parameter, Map.of()));
      }
    });
  }

  /** Whether a stored weight is only the base's own once more, which PEFT saves beside updates of embeddings. */
  private boolean repeats(Weight place, NDArray stored) {
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      return OPS.cast(Ops.alias(place.own().materialise(own), own), DataType.FLOAT32)
          .contentEquals(OPS.cast(Ops.alias(stored, own), DataType.FLOAT32));
    } catch (DeclaredWeight.NoValues unknown) {
      return false;
    }
  }

  private void coverTied(String component, Weight place, NDArray values, Set<String> others) {
    places.get(component).forEach((path, other) -> {
      WholeWeight tied = WholeWeights.of(component, path, other, values);
      if (other.isTiedTo(place) && !others.contains(tied.path())) {
        wholes.add(tied);
      }
    });
  }

  private void restore(String component, AdaptableLayer layer, AdapterModule module) {
    try {
      restorer.restore(layer, module, scope).ifPresentOrElse(
          restored -> accept(component, layer, restored),
          () -> reject(component, module, restorer.refusal(layer, module)));
    } catch (UserException problem) {
      misshapen.add(new InjectionReport.Misfit(component, layer.path(), problem.getMessage()));
    }
  }

  private void accept(String component, AdaptableLayer layer, ModuleRestorer.Restored restored) {
    adapted.add(new AdaptedLayer(component, layer, restored.adapter(), multiplier));
    matched.add(new InjectionReport.Match(
        component, layer.path(), restored.method().id(), restored.adapter().facts()));
  }

  private void reject(String component, AdapterModule module, String reason) {
    String prefix = component + "." + module.path() + ".";
    // Constants beside tensors may stand in no key of their own; alone they are all that the file says.
    Set<String> names = module.tensors().isEmpty() ? module.constants().keySet() : module.tensors().keySet();
    names.forEach(name -> unmatched.add(new UnmatchedKey(prefix + name, reason)));
  }

  Injector.Restored finish(List<UnmatchedKey> unread) {
    unmatched.addAll(0, unread);
    Map<String, List<String>> bare = new LinkedHashMap<>();
    targets.forEach((component, layers) -> {
      List<String> rest = new ArrayList<>(layers.keySet());
      rest.removeIf(path -> !layers.get(path).kind().isProduct());
      matched.stream().filter(m -> m.component().equals(component)).forEach(m -> rest.remove(m.path()));
      bare.put(component, rest);
    });
    return new Injector.Restored(new AdapterSet(adapted, wholes), new InjectionReport(
        List.copyOf(matched), List.copyOf(unmatched), List.copyOf(misshapen), bare,
        Set.copyOf(words)));
  }
}
