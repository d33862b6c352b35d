package dev.kasane.plugin.diffusers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.lowrank.DoraStrength;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.spi.UnmatchedKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads one file into the neutral form. */
final class DiffusersReader {
  private final AdapterFile file;
  private final PipelineLayers table;
  private final NDManager scope;
  private final Map<String, Map<String, AdapterModule>> modules = new LinkedHashMap<>();
  private final List<UnmatchedKey> unmatched = new ArrayList<>();

  DiffusersReader(AdapterFile file, PipelineLayers table, NDManager scope) {
    this.file = file;
    this.table = table;
    this.scope = scope;
  }

  AdapterModel read() {
    MangledKeys diagnosis = new MangledKeys(table);
    for (String key : file.keys()) {
      Optional<DiffusersKey> parsed = DiffusersKey.parse(key);
      Optional<String> path = parsed.flatMap(each -> table.find(each.component(), each.path()));
      if (path.isEmpty()) {
        unmatched.add(new UnmatchedKey(key, diagnosis.of(key)));
      } else {
        add(key, parsed.get().component(), path.get(), parsed.get().parameter());
      }
    }
    addAlphas(PeftMetadata.of(file.path(), file.metadata()));
    modules.values().forEach(byPath -> DoraStrength.declare(file.metadata(), byPath.values()));
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    modules.forEach((component, byPath) -> components.put(component, List.copyOf(byPath.values())));
    return new AdapterModel(components, List.copyOf(unmatched), file.metadata());
  }

  private void add(String key, String component, String path, String parameter) {
    AdapterModule module = modules.computeIfAbsent(component, name -> new LinkedHashMap<>())
        .computeIfAbsent(path, each -> new AdapterModule(each, new LinkedHashMap<>(), new LinkedHashMap<>()));
    if (module.tensors().containsKey(parameter) || module.constants().containsKey(parameter)) {
      unmatched.add(new UnmatchedKey(key, "names " + parameter + " of " + path + " a second time"));
    } else if (parameter.equals(AdapterModule.ALPHA) && file.shape(key).size() == 1) {
      module.constants().put(parameter, file.number(key, scope));
    } else {
      NDArray tensor = file.read(key, scope);
      module.tensors().put(parameter, DiffusersKey.isOfPeft(key) ? Magnitudes.ofPeft(tensor) : tensor);
    }
  }

  private void addAlphas(PeftMetadata settings) {
    for (Map.Entry<String, Map<String, AdapterModule>> component : modules.entrySet()) {
      for (AdapterModule module : component.getValue().values()) {
        NDArray down = module.tensors().get(LoraNames.DOWN);
        if (down == null || down.getShape().dimension() == 0
            || module.constants().containsKey(AdapterModule.ALPHA)) {
          continue;
        }
        OptionalDouble alpha = settings.alpha(component.getKey(), module.path(), down.getShape().get(0));
        alpha.ifPresent(value -> module.constants().put(AdapterModule.ALPHA, value));
      }
    }
  }
}
