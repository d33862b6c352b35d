package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.lowrank.DoraStrength;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.plugin.kohya.KeyTable.Entry;
import dev.kasane.plugin.kohya.KeyTable.Place;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one file into the neutral form. */
final class KohyaReader {
  /** What tools for sliders note in a file for themselves. */
  private static final String NOTES = "_aux.";

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

  AdapterModel read() {
    BundledWords words = new BundledWords(file, scope);
    StrayKeys diagnosis = new StrayKeys(table);
    Map<String, Entry> later = new LinkedHashMap<>();
    for (String key : file.keys()) {
      Optional<Entry> entry = table.entry(key);
      if (entry.isEmpty() && isIdle(key) || words.take(key)) {
        continue;
      } else if (entry.isEmpty()) {
        unmatched.add(new UnmatchedKey(key, diagnosis.of(key)));
      } else if (entry.get().place().original()) {
        later.put(key, entry.get());
      } else {
        add(key, entry.get());
      }
    }
    addOriginal(later);
    modules.values().forEach(byPath -> DoraStrength.declare(file.metadata(), byPath.values()));
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    modules.forEach((component, byPath) -> components.put(component, List.copyOf(byPath.values())));
    if (!words.modules().isEmpty()) {
      components.put(AdapterModel.EMBEDDINGS, words.modules());
    }
    return new AdapterModel(components, List.copyOf(unmatched), file.metadata());
  }

  /** Whether nothing that is drawn depends on a key. */
  private static boolean isIdle(String key) {
    return key.startsWith(NOTES) || Prefixes.isUnusedProjection(key);
  }

  /** Some files name a layer in both ways; then diffusers' name counts, as in diffusers. */
  private void addOriginal(Map<String, Entry> entries) {
    Map<String, Set<String>> taken = new LinkedHashMap<>();
    modules.forEach((component, byPath) -> taken.put(component, Set.copyOf(byPath.keySet())));
    for (Map.Entry<String, Entry> each : entries.entrySet()) {
      Place place = each.getValue().place();
      if (taken.getOrDefault(place.component(), Set.of()).contains(place.path())) {
        unmatched.add(new UnmatchedKey(each.getKey(), "names " + place.path()
            + " a second time, by its original name; the diffusers name in the same file counts"));
      } else {
        add(each.getKey(), each.getValue());
      }
    }
  }

  private void add(String key, Entry entry) {
    Place place = entry.place();
    AdapterModule module = modules.computeIfAbsent(place.component(), name -> new LinkedHashMap<>())
        .computeIfAbsent(place.path(), path ->
            new AdapterModule(path, new LinkedHashMap<>(), new LinkedHashMap<>()));
    String first = names.computeIfAbsent(module, each -> entry.name());
    String parameter = Parameters.neutral(entry.parameter());
    if (!first.equals(entry.name())) {
      unmatched.add(new UnmatchedKey(
          key, "names " + place.path() + " a second time, as " + entry.name() + " beside " + first));
    } else if (module.parameters().contains(parameter)) {
      unmatched.add(new UnmatchedKey(key, "names " + parameter + " of " + place.path() + " a second time"));
    } else if (isNumber(key, parameter)) {
      module.constants().put(parameter, file.number(key, scope));
    } else if (!parameter.equals(Parameters.RESHAPE)) {
      NDArray tensor = file.read(key, scope);
      module.tensors().put(parameter, Parameters.isOfPeft(entry.parameter()) ? Magnitudes.ofPeft(tensor) : tensor);
    }
  }

  private boolean isNumber(String key, String parameter) {
    Shape shape = file.shape(key);
    return shape.dimension() == 0 || shape.size() == 1 && Parameters.NUMBERS.contains(parameter);
  }
}
