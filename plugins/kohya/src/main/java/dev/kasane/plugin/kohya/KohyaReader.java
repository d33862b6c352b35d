package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.plugin.kohya.KeyTable.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one file into the neutral form. */
final class KohyaReader {
  /** Stored as a number alone or as a list of one number. */
  private static final Set<String> SCALARS = Set.of("alpha", "scale");

  private final AdapterFile file;
  private final KeyTable table;
  private final NDManager scope;
  private final Map<String, Map<String, AdapterModule>> modules = new LinkedHashMap<>();
  private final Map<AdapterModule, String> names = new IdentityHashMap<>();
  private final List<UnmatchedKey> unmatched = new ArrayList<>();

  KohyaReader(AdapterFile file, KeyTable table, NDManager scope) {
    this.file = file;
    this.table = table;
    this.scope = scope;
  }

  AdapterModel read() throws IOException {
    BundledWords words = new BundledWords(file, scope);
    KeyDiagnosis diagnosis = new KeyDiagnosis(table);
    List<String> later = new ArrayList<>();
    for (String key : file.keys()) {
      if (words.take(key)) {
        continue;
      }
      Optional<Place> place = placeOf(key);
      if (place.isEmpty()) {
        unmatched.add(new UnmatchedKey(key, diagnosis.of(key)));
      } else if (place.get().original()) {
        later.add(key);
      } else {
        add(key, place.get());
      }
    }
    addOriginal(later);
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    modules.forEach((component, byPath) -> components.put(component, List.copyOf(byPath.values())));
    if (!words.modules().isEmpty()) {
      components.put(AdapterModel.EMBEDDINGS, words.modules());
    }
    return new AdapterModel(components, List.copyOf(unmatched), file.metadata());
  }

  private Optional<Place> placeOf(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? Optional.empty() : table.find(key.substring(0, dot));
  }

  /** Some files name a layer in both ways; then diffusers' name counts, as in diffusers. */
  private void addOriginal(List<String> keys) throws IOException {
    Map<String, Set<String>> taken = new LinkedHashMap<>();
    modules.forEach((component, byPath) -> taken.put(component, Set.copyOf(byPath.keySet())));
    for (String key : keys) {
      Place place = placeOf(key).orElseThrow();
      if (taken.getOrDefault(place.component(), Set.of()).contains(place.path())) {
        unmatched.add(new UnmatchedKey(key, "names " + place.path()
            + " a second time, by its original name; the diffusers name in the same file counts"));
      } else {
        add(key, place);
      }
    }
  }

  private void add(String key, Place place) throws IOException {
    String parameter = key.substring(key.indexOf('.') + 1);
    AdapterModule module = modules.computeIfAbsent(place.component(), name -> new LinkedHashMap<>())
        .computeIfAbsent(place.path(), path ->
            new AdapterModule(path, new LinkedHashMap<>(), new LinkedHashMap<>()));
    String name = key.substring(0, key.indexOf('.'));
    String first = names.computeIfAbsent(module, each -> name);
    if (!first.equals(name)) {
      unmatched.add(new UnmatchedKey(key, "names " + place.path() + " a second time, as " + name + " beside " + first));
    } else if (isScalar(key, parameter)) {
      module.constants().put(parameter, file.number(key, scope));
    } else {
      module.tensors().put(parameter, file.read(key, scope));
    }
  }

  private boolean isScalar(String key, String parameter) {
    Shape shape = file.shape(key);
    return shape.dimension() == 0 || shape.dimension() == 1 && shape.get(0) == 1 && SCALARS.contains(parameter);
  }
}
