package dev.kasane.plugin.peft;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.Ops;
import dev.kasane.plugin.peft.BasePlaces.Place;
import dev.kasane.plugin.peft.KeyGrammar.Parsed;
import dev.kasane.plugin.peft.PeftFiles.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the tensors of one part into the neutral form, under the rules of its configuration. */
final class PartReader {
  private final Part part;
  private final PeftConfig config;
  private final LayerRules rules;
  private final LayerCheck check;
  private final BasePlaces places;
  private final WrapperNames repairs;
  private final NDManager scope;
  private final Map<Place, Entry> adapters = new LinkedHashMap<>();
  private final Map<Place, Entry> wholes = new LinkedHashMap<>();
  private final List<UnmatchedKey> unmatched = new ArrayList<>();

  /** The parameters of a layer, and its path as the file has it, which the configuration speaks of. */
  private record Entry(String stored, Map<String, NDArray> tensors) {}

  PartReader(Part part, PeftConfig config, BasePlaces places, NDManager scope) {
    this.part = part;
    this.config = config;
    this.rules = new LayerRules(config);
    this.check = new LayerCheck(part, config, rules);
    this.places = places;
    this.repairs = new WrapperNames(places);
    this.scope = scope;
  }

  List<UnmatchedKey> unmatched() {
    return unmatched;
  }

  /**
   * Reads everything.
   *
   * @param metadata takes the file's own metadata
   * @return modules by component
   */
  Map<String, List<AdapterModule>> read(Map<String, String> metadata) {
    try (AdapterFile file = AdapterFile.open(part.weights())) {
      file.metadata().forEach(metadata::putIfAbsent);
      for (String key : file.keys()) {
        add(key, file);
      }
      return modules();
    } catch (IllegalArgumentException pattern) {
      throw new FileFault(part.config(), pattern.getMessage(), pattern);
    }
  }

  private Map<String, List<AdapterModule>> modules() {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    for (Map.Entry<Place, Entry> each : adapters.entrySet()) {
      modules(components, each.getKey()).add(adapter(each.getKey().path(), each.getValue()));
    }
    wholes.forEach((place, whole) ->
        modules(components, place).add(new AdapterModule(place.path(), whole.tensors(), Map.of())));
    return components;
  }

  private static List<AdapterModule> modules(Map<String, List<AdapterModule>> components, Place place) {
    return components.computeIfAbsent(place.component(), name -> new ArrayList<>());
  }

  private void add(String key, AdapterFile file) {
    if (KeyGrammar.isOfBase(key)) {
      return;
    }
    Optional<Parsed> parsed = KeyGrammar.parse(key);
    if (parsed.isEmpty()) {
      unmatched.add(new UnmatchedKey(key, "is no parameter that an adapter of the kind " + config.type()
          + " has"));
      return;
    }
    Parsed found = parsed.get();
    Optional<Place> place = places.find(found.path());
    if (place.isEmpty()) {
      unmatched.add(new UnmatchedKey(key, repairs.of(key).map(meant -> "the names of wrappers are in it; it was '"
          + meant + "'").orElseGet(() -> places.reason(found.path()))));
    } else if (found.adapter() && !rules.targets(found.path())) {
      unmatched.add(new UnmatchedKey(key, "the configuration does not target this layer, so that PEFT leaves"
          + " it out"));
    } else {
      put(key, found, place.get(), file);
    }
  }

  private void put(String key, Parsed found, Place place, AdapterFile file) {
    Entry entry = (found.adapter() ? adapters : wholes)
        .computeIfAbsent(place, each -> new Entry(found.path(), new LinkedHashMap<>()));
    try (NDManager own = scope.newSubManager()) {
      NDArray tensor = file.read(key, own);
      NDArray earlier = entry.tensors().get(found.parameter());
      if (earlier == null) {
        tensor.attach(scope);
        entry.tensors().put(found.parameter(), tensor);
      } else if (!isSame(earlier, tensor)) {
        unmatched.add(new UnmatchedKey(key, "names " + found.parameter() + " of " + place.path()
            + " a second time with other values; the file holds several adapters, keep one"));
      }
    }
  }

  /** With {@code bias} set to all PEFT saves the bias of a saved module twice. */
  private static boolean isSame(NDArray one, NDArray other) {
    return Ops.typeOf(one) == Ops.typeOf(other) && one.getShape().equals(other.getShape())
        && Arrays.equals(floats(one), floats(other));
  }

  private static float[] floats(NDArray values) {
    try (NDManager own = values.getManager().newSubManager()) {
      NDArray copy = values.duplicate();
      copy.attach(own);
      return OPS.cast(copy, DataType.FLOAT32).toFloatArray();
    }
  }

  private AdapterModule adapter(String path, Entry entry) {
    check.require(path, entry.stored(), entry.tensors());
    Map<String, NDArray> tensors = new LinkedHashMap<>(entry.tensors());
    tensors.computeIfPresent(LoraNames.MAGNITUDE, (name, magnitude) -> Magnitudes.ofPeft(magnitude));
    Map<String, Double> constants = new LinkedHashMap<>(config.start().constants());
    constants.put("alpha", rules.neutralAlpha(entry.stored()));
    return new AdapterModule(path, tensors, constants);
  }
}
